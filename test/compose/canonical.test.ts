import { describe, expect, test } from "bun:test";
import { canonical, withDefaults } from "../../src/compose/canonical.ts";
import { entry, type Value } from "../../src/compose/tree.ts";
import { refusal, webOf } from "./memory-files.ts";

const long = (key: string, value: Value) =>
  entry(entry(entry(canonical({ services: { web: { [key]: value } } }), "services"), "web"), key);

describe("the long form", () => {
  test.each<[string, Value, Value]>([
    ["build", ".", { context: "." }],
    ["depends_on", ["a"], { a: { condition: "service_started", required: true } }],
    ["env_file", "a.env", [{ path: "a.env", required: true }]],
    ["label_file", "l", ["l"]],
    ["extends", "base", { service: "base" }],
    ["gpus", "all", [{ count: "all" }]],
    ["networks", ["a", "b"], { a: null, b: null }],
    ["dns", "1.1.1.1", ["1.1.1.1"]],
    ["secrets", ["s"], [{ source: "s" }]],
    [
      "devices",
      ["/dev/x", "/a:/b:r"],
      [
        { source: "/dev/x", target: "/dev/x", permissions: "rwm" },
        { source: "/a", target: "/b", permissions: "r" },
      ],
    ],
    ["ports", [{ target: 80, published: 8080 }], [{ target: 80, published: "8080" }]],
    ["volumes", [{ type: "volume", target: "/a/" }], [{ type: "volume", target: "/a" }]],
  ])("of %s", (key, short, expected) => expect(long(key, short)).toEqual(expected));

  test("an external resource keeps its old-style name", () => {
    expect(canonical({ networks: { n: { external: { name: "x" } } } })).toEqual({
      networks: { n: { external: true, name: "x" } },
    });
  });
  test("too many parts of a device are refused", () => {
    expect(refusal(() => webOf("{ image: a, devices: ['/a:/b:r:x'] }")).message).toContain("confusing device mapping");
  });
});

test("defaults: secrets have a target, configs have none, devices are all", () => {
  const web = {
    secrets: [{ source: "s" }],
    configs: [{ source: "c" }],
    build: {},
    ports: [{ target: 80 }],
    gpus: [{}],
  };
  expect<Value>(withDefaults({ services: { web } })).toEqual({
    services: {
      web: {
        secrets: [{ source: "s", target: "/run/secrets/s" }],
        configs: [{ source: "c" }],
        build: { context: "." },
        ports: [{ target: 80, mode: "ingress", protocol: "tcp" }],
        gpus: [{ count: "all" }],
      },
    },
  });
});
