import { describe, expect, test } from "bun:test";
import { canonical, canonicalWithVariables, withDefaults } from "../../src/compose/canonical.ts";
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
    ["volumes", ["vol:/a/"], [{ type: "volume", source: "vol", target: "/a", volume: {} }]],
    ["volumes", [{ type: "volume", target: "/a/" }], [{ type: "volume", target: "/a/" }]],
  ])("of %s", (key, short, expected) => expect(long(key, short)).toEqual(expected));

  test("an external resource keeps its old-style name", () => {
    expect(canonical({ networks: { n: { external: { name: "x" } } } })).toEqual({
      networks: { n: { external: true, name: "x" } },
    });
  });
  test("the old style is warned of", () => {
    const warnings: string[] = [];
    canonical({ volumes: { v: { external: { name: "x" } } } }, (message) => warnings.push(message));
    expect(warnings).toEqual(["volumes.v: external.name is deprecated. Please set name and external: true"]);
  });
  test.each([
    ["ports: [80.5]", "services.web.ports: invalid type float64 for port"],
    [
      "build: { additional_contexts: [a] }",
      "services.web.build.additional_contexts: invalid value a, expected key=value",
    ],
  ])("%s is refused", (lines, message) => {
    expect(refusal(() => webOf(`{ image: a, ${lines} }`)).message).toContain(message);
  });
  test("with variables in it, what cannot be read stays", () => {
    const model = { services: { web: { ports: ["${P}:80"], devices: ["a:b:c:${D}"], volumes: ["vol:/v"] } } };
    expect(canonicalWithVariables(model, () => undefined)).toEqual({
      services: {
        web: {
          ports: ["${P}:80"],
          devices: ["a:b:c:${D}"],
          volumes: [{ type: "volume", source: "vol", target: "/v", volume: {} }],
        },
      },
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
