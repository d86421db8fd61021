import { expect, test } from "bun:test";
import type { Value } from "../../src/compose/tree.ts";
import { enforceUnicity } from "../../src/compose/unicity.ts";
import { refusal, webOf } from "./memory-files.ts";

test.each<[string, Value, Value]>([
  ["environment", ["A=1", "B=1", "A=2"], ["A=2", "B=1"]],
  ["volumes", ["./a:/x", "/y", "bb:/x"], ["bb:/x", "/y"]],
  ["devices", ["/dev/a:/dev/x", "/dev/b:/dev/x:r"], ["/dev/b:/dev/x:r"]],
  [
    "ports",
    [{ target: 80 }, { target: 80, protocol: "tcp", host_ip: "0.0.0.0" }],
    [{ target: 80, protocol: "tcp", host_ip: "0.0.0.0" }],
  ],
  ["secrets", ["s", { source: "t", target: "/run/secrets/s" }], [{ source: "t", target: "/run/secrets/s" }]],
  ["env_file", [".env", { path: ".env" }], [{ path: ".env" }]],
  ["command", ["a", "a"], ["a", "a"]],
])("in %s the last of those that name the same thing wins", (key, list, expected) => {
  expect(enforceUnicity(list, ["services", "web", key])).toEqual(expected);
});
test("a port without a target is refused", () => {
  const error = refusal(() => webOf("{ image: a, ports: [{ published: 80 }] }"));
  expect(error.message).toEndWith("service ports services.web.ports.[0] is missing a target port");
});
test.each([
  ["annotations: [1]", "services.web.annotations.[0]: unexpected type int"],
  ["expose: [true]", "services.web.expose.[0]: unsupported expose value %!s(bool=true)"],
  ["configs: [1]", "services.web.configs.[0]: unsupported expose value %!s(int=1)"],
  ["devices: [{ source: a }]", "service device services.web.devices.[0] is missing a mount target"],
  ["volumes: [{ type: volume }]", "service volume services.web.volumes.[0] is missing a mount target"],
  ["ports: ['0']", "service ports services.web.ports.[0] is missing a target port"],
])("%s is refused before the schema is asked", (lines, message) =>
  expect(refusal(() => webOf(`{ image: a, ${lines} }`)).message).toEndWith(message),
);
test("a published port that is a number is another one than the same as text", () =>
  expect(webOf("{ image: a, ports: ['80:80', { target: 80, published: 80 }] }").ports).toHaveLength(2));
