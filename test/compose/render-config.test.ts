import { expect, test } from "bun:test";
import { parse } from "yaml";
import { renderConfig } from "../../src/compose/render-config.ts";
import { load } from "./memory-files.ts";

const project = load(
  "services: { web: { image: 'a', command: 'echo $$x', profiles: [p], volumes: ['vol:/v'] }, db: { build: . } }\nvolumes: { vol: , unused: }\nx-note: 1",
  { profiles: ["p"] },
);

test("JSON has sorted sections, an indent of two, doubled dollars and no line feed at the end", () => {
  const text = renderConfig(project, "json");
  expect(text).toContain('  "services": {\n    "db": {\n      "build": {');
  expect(text).toContain('"$$x"');
  expect(text).toEndWith('"x-note": 1\n}');
  expect(Object.keys(JSON.parse(text))).toEqual(["name", "networks", "services", "volumes", "x-note"]);
});
test("fields stand in the order of the config hash, keys of mappings in the order of their bytes", () => {
  const ordered = load(
    'services: { a: { image: a, ports: ["80:81"], environment: { B: 1, A: 2, "10": x, "9": y }, cap_add: [X] } }',
  );
  const text = renderConfig(ordered, "json");
  expect(Object.keys(JSON.parse(text).services.a)).toEqual([
    "cap_add",
    "command",
    "entrypoint",
    "environment",
    "image",
    "networks",
    "ports",
  ]);
  expect(text).toContain('"mode": "ingress",\n          "target": 81,\n          "published": "80"');
  expect(text).toMatch(/"10": "x",\s+"9": "y",\s+"A": "2",\s+"B": "1"/);
});
test("YAML orders the numbers in keys by their value, JSON does not", () => {
  const numbered = load("services: { a10: { image: a }, a9: { image: a } }");
  expect(renderConfig(numbered, "yaml").indexOf("a9:")).toBeLessThan(renderConfig(numbered, "yaml").indexOf("a10:"));
  expect(renderConfig(numbered, "json").indexOf('"a10"')).toBeLessThan(renderConfig(numbered, "json").indexOf('"a9"'));
});
test("only YAML shows own fields below the top, and models", () => {
  const own = load(
    "services: { a: { image: a, x-note: 1, deploy: { x-deep: [1] }, models: [llm] } }\nmodels: { llm: { model: ai/m }, other: { model: b } }",
  );
  expect(parse(renderConfig(own, "yaml"))).toMatchObject({
    services: { a: { "x-note": 1, deploy: { "x-deep": [1] }, models: { llm: null } } },
    models: { llm: { model: "ai/m" } },
  });
  expect(renderConfig(own, "yaml")).not.toContain("other");
  expect(renderConfig(own, "json")).not.toContain("x-");
  expect(JSON.parse(renderConfig(own, "json"))).not.toHaveProperty("models");
});
test("YAML shows both limits, JSON leaves out the one that is zero", () => {
  const limited = load("services: { a: { image: a, ulimits: { core: { soft: 0, hard: 5 }, nproc: 7 } } }");
  expect(renderConfig(limited, "yaml")).toContain("core:\n        soft: 0\n        hard: 5\n      nproc: 7\n");
  expect(JSON.parse(renderConfig(limited, "json")).services.a.ulimits).toEqual({ core: { hard: 5 }, nproc: 7 });
});
test("YAML leaves out what is unset", () => {
  const text = renderConfig(project, "yaml");
  expect(text).toContain("    command:\n      - echo\n      - $$x\n");
  expect(text).not.toContain("entrypoint");
  expect(parse(text)).toMatchObject({ name: "app", networks: { default: { name: "app_default" } } });
});
test("what is printed loads again to the same hashes", () => {
  const again = load(renderConfig(project, "yaml"), { profiles: ["p"] });
  expect(again.hashes).toEqual(project.hashes);
});
test("block I/O limits have capital names in JSON alone", () => {
  const limited = load(
    "services: { a: { image: a, blkio_config: { device_read_bps: [{ path: /dev/sda, rate: 1k }] } } }",
  );
  expect(renderConfig(limited, "json")).toContain('"Rate": "1024"');
  expect(renderConfig(limited, "yaml")).toContain('rate: "1024"');
});

test("a text that YAML 1.1 would take for a boolean is quoted", () => {
  const project = load('services: { a: { image: a, environment: { BROKEN: "no", AT: "22:22" } } }');
  expect(renderConfig(project, "yaml")).toContain('BROKEN: "no"');
});

test("a secret from a variable is there for the containers and never printed", () => {
  const text = "services: { a: { image: a, secrets: [s] } }\nsecrets: { s: { environment: TOKEN } }";
  const project = load(text, { environment: { TOKEN: "hush" } });
  expect(project.secrets["s"]).toMatchObject({ environment: "TOKEN", content: "hush" });
  for (const format of ["json", "yaml"] as const) expect(renderConfig(project, format)).not.toContain("hush");
});
