import { describe, expect, test } from "bun:test";
import { loadProject } from "../../src/compose/load-project.ts";
import { listToMapping, mergeMappings, mergeValues, startedDependency } from "../../src/compose/merge.ts";
import type { Value } from "../../src/compose/tree.ts";
import { load, memoryFiles, refusal, request, service } from "./memory-files.ts";

const merged = (key: string, base: Value, override: Value) =>
  mergeValues(base, override, ["services", "web", ...key.split(".")]);

describe("an override", () => {
  test.each<[string, Value, Value, Value]>([
    ["command", ["a"], "b", "b"],
    ["healthcheck.test", ["a"], ["b"], ["b"]],
    ["image", "a", null, "a"],
    ["ports", ["1"], ["2"], ["1", "2"]],
    ["environment", { B: 1, A: null }, ["C=2"], ["A", "B=1", "C=2"]],
    ["dns", "1.1.1.1", ["2.2.2.2"], ["1.1.1.1", "2.2.2.2"]],
    ["build", ".", { target: "x" }, { context: ".", target: "x" }],
    ["networks", ["a"], { b: {} }, { a: null, b: {} }],
    ["extra_hosts", ["h=1", "h=2"], { h: "2", i: "3" }, ["h=1", "h=2", "i=3"]],
    ["logging", { driver: "a", options: { x: "1" } }, { driver: "b" }, { driver: "b" }],
    [
      "logging",
      { driver: "a", options: { x: "1" } },
      { options: { y: "2" } },
      { driver: "a", options: { x: "1", y: "2" } },
    ],
    ["ulimits.nofile", 1, { soft: 1, hard: 2 }, { soft: 1, hard: 2 }],
    [
      "depends_on",
      ["a"],
      { b: { condition: "service_healthy" } },
      { a: startedDependency(), b: { condition: "service_healthy" } },
    ],
  ])("of %s", (key, base, override, expected) => expect(merged(key, base, override)).toEqual(expected));

  test("of another kind is refused", () =>
    expect(() => merged("ports", ["1"], { a: 1 })).toThrow("cannot override services.web.ports"));
  test("address pools are merged by subnet", () => {
    const pools = mergeValues(
      [{ subnet: "a" }],
      [{ subnet: "a", gateway: "g" }, { subnet: "b" }],
      ["networks", "n", "ipam", "config"],
    );
    expect(pools).toEqual([{ subnet: "a", gateway: "g" }, { subnet: "b" }]);
  });
  test("adds what the base does not have", () => expect(mergeMappings({ a: 1 }, { b: 2 }, [])).toEqual({ a: 1, b: 2 }));
  test("a list of names is a mapping of their long forms", () =>
    expect(listToMapping(["a"], () => null)).toEqual({ a: null }));
});

describe("several files", () => {
  test("are laid over each other in order, volumes by target, ports appended", () => {
    const tree = {
      "/srv/app/a.yaml":
        "services: { web: { image: a, volumes: ['./a:/x'], ports: ['80:80'], environment: [A=1, B=1] } }",
      "/srv/app/b.yaml": "services: { web: { volumes: ['./b:/x/'], ports: ['81:81'], environment: { B: 2 } } }",
    };
    const web = service(loadProject(memoryFiles(tree), request({ files: ["a.yaml", "b.yaml"] })), "web");
    expect(web.volumes?.map(({ source }) => source)).toEqual(["/srv/app/b"]);
    expect(web.ports?.map(({ published }) => published)).toEqual(["80", "81"]);
    expect(web.environment).toEqual({ A: "1", B: "2" });
  });
  test("an error names the file that overrides", () => {
    const error = refusal(() =>
      load(
        "services: { web: { image: a, ports: ['1'] } }",
        {},
        { "compose.override.yaml": "services:\n  web:\n    ports: {a: b}" },
      ),
    );
    expect(error.at).toEqual({ file: "/srv/app/compose.override.yaml", line: 3, column: 5 });
  });
  test("!override replaces and !reset removes what earlier files said", () => {
    const project = load(
      "services: { web: { image: a, ports: ['80:80'], environment: { A: 1 } } }",
      {},
      {
        "compose.override.yaml": "services: { web: { ports: !override ['81:81'], environment: !reset null } }",
      },
    );
    expect(service(project, "web").ports?.map(({ published }) => published)).toEqual(["81"]);
    expect(service(project, "web").environment).toBeUndefined();
  });
});
test("a host or label with several values stands once for each, one without a value is its name", () => {
  const merged = (key: string) => mergeValues({ b: ["1", 2], a: null }, ["c=3"], ["services", "web", key]);
  for (const key of ["extra_hosts", "labels"]) expect(merged(key)).toEqual(["a", "b=1", "b=2", "c=3"]);
});
test("pools with other subnets replace those of the file before, as Docker Compose has it", () => {
  const pools = (...subnets: string[]) => subnets.map((subnet) => ({ subnet }));
  const path = ["networks", "n", "ipam", "config"];
  expect(mergeValues(pools("1", "3"), pools("2"), path)).toEqual(pools("2"));
  expect(mergeValues([{ subnet: "1", gateway: "g" }], [{ subnet: "1", ip_range: "r" }, { subnet: "2" }], path)).toEqual(
    [{ subnet: "1", gateway: "g", ip_range: "r" }, { subnet: "2" }],
  );
});
