import { describe, expect, test } from "bun:test";
import { isAddress, parsePorts } from "../../src/compose/port-syntax.ts";
import { showScalar } from "../../src/compose/tree.ts";

const short = (text: string) =>
  parsePorts(text, []).map((port) => {
    const [hostIp, published, target, protocol] = ["host_ip", "published", "target", "protocol"].map((key) =>
      showScalar(port[key] ?? ""),
    );
    return `${hostIp}|${published}|${target}/${protocol}`;
  });

describe("a short port", () => {
  test.each([
    ["3000", ["||3000/tcp"]],
    ["3000-3002", ["||3000/tcp", "||3001/tcp", "||3002/tcp"]],
    ["8000:80", ["|8000|80/tcp"]],
    ["127.0.0.1:8000:80", ["127.0.0.1|8000|80/tcp"]],
    ["127.0.0.1::80", ["127.0.0.1||80/tcp"]],
    ["[::1]:80:80", ["::1|80|80/tcp"]],
    ["6060:6060/udp", ["|6060|6060/udp"]],
    ["8000-8001:80-81", ["|8000|80/tcp", "|8001|81/tcp"]],
    ["8000-8010:80", ["|8000-8010|80/tcp"]],
    ["1-2:3", ["|1-2|3/tcp"]],
  ])("%p", (text, expected) => expect(short(text)).toEqual(expected));

  test("ranges are listed in the order of their text, as Docker Compose does", () => {
    expect(short("9999-10000:9999-10000")).toEqual(["|10000|10000/tcp", "|9999|9999/tcp"]);
  });
  test.each([
    ["1:2-3", "Invalid ranges specified for container and host Ports: 2-3 and 1"],
    ["", "No port specified: <empty>"],
    ["/usr/bin", "No port specified: /usr/bin<empty>"],
    ["abc", "Invalid containerPort: abc"],
    ["80/foo", "Invalid proto: foo"],
    ["99999:80", "Invalid hostPort: 99999"],
    ["999.0.0.1:80:80", "Invalid ip address: 999.0.0.1"],
    ["1:2:3:4", "Invalid ip address 1:2: address 1:2:: too many colons in address"],
  ])("%p is refused: %s", (text, message) => expect(() => parsePorts(text, [])).toThrow(message));
});

test("addresses are told from other texts", () => {
  expect(["10.0.0.1", "::", "::1", "fe80::1", "1:2:3:4:5:6:7:8"].every(isAddress)).toBe(true);
  expect(["10.0.0", "x", "1:2", "256.1.1.1", "1:2:3:4:5:6:7:8:9"].some(isAddress)).toBe(false);
});
