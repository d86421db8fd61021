import { expect, test } from "bun:test";
import { parse } from "yaml";
import { renderConfig } from "../../src/compose/render-config.ts";
import { load } from "./memory-files.ts";

const project = load(
  "services: { web: { image: 'a', command: 'echo $$x', profiles: [p], volumes: ['vol:/v'] }, db: { build: . } }\nvolumes: { vol: , unused: }\nx-note: 1",
  { profiles: ["p"] },
);

test("JSON is sorted, indented by two and doubles every dollar", () => {
  const text = renderConfig(project, "json");
  expect(text).toStartWith('{\n  "name": "app",\n  "services": {\n    "db": {\n      "build": {');
  expect(text).toContain('"$$x"');
  expect(Object.keys(JSON.parse(text))).toEqual(["name", "services", "networks", "volumes", "x-note"]);
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
test("block I/O limits are printed with capital names", () => {
  const limited = load(
    "services: { a: { image: a, blkio_config: { device_read_bps: [{ path: /dev/sda, rate: 1k }] } } }",
  );
  expect(renderConfig(limited, "json")).toContain('"Rate": "1024"');
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
