import { expect, test } from "bun:test";
import { applyInclude } from "../../src/compose/include.ts";
import { positionOf } from "../../src/compose/load-project.ts";
import { openProject } from "../../src/compose/open-project.ts";
import { load, memoryFiles, refusal, request, service } from "./memory-files.ts";

test("an included project has its own folder and .env; the outer environment wins", () => {
  const project = load(
    'include: [sub/compose.yaml]\nservices: { web: { image: "a:${INNER-none}", depends_on: [inner] } }',
    { environment: { OUTER: "outer" } },
    {
      "sub/compose.yaml":
        'services: { inner: { image: "b:${INNER}-${OUTER}", volumes: ["./d:/d", "vol:/v"] } }\nvolumes: { vol: }',
      "sub/.env": "INNER=inner\nOUTER=lost",
    },
  );
  expect(service(project, "inner").image).toBe("b:inner-outer");
  expect(service(project, "inner").volumes?.map(({ source }) => source)).toEqual(["/srv/app/sub/d", "vol"]);
  expect(service(project, "web").image).toBe("a:none");
  expect(project.volumes["vol"]?.name).toBe("app_vol");
  expect(positionOf(project, "services.inner")?.file).toBe("/srv/app/sub/compose.yaml");
});
test("several files of one include are laid over each other", () => {
  const project = load(
    "include: [{ path: [x/a.yaml, x/b.yaml], project_directory: y, env_file: x/my.env }]",
    {},
    {
      "x/a.yaml": 'services: { x: { image: "x:${MY}", volumes: ["./d:/d"] } }',
      "x/b.yaml": "services: { x: { command: run } }",
      "x/my.env": "MY=1",
      "y/keep": "",
    },
  );
  expect(service(project, "x")).toMatchObject({
    image: "x:1",
    command: ["run"],
    volumes: [{ source: "/srv/app/y/d" }],
  });
});
test("paths begin beside a project directory that is not there", () => {
  const others = { "x/a.yaml": "services: { x: { image: x, volumes: ['./d:/d'] } }" };
  const project = load("include: [{ path: x/a.yaml, project_directory: gone/y }]", {}, others);
  expect(service(project, "x").volumes?.[0]?.source).toBe("/srv/app/gone/d");
});
test.each([
  ["include: [a.yaml]\nservices: { y: { image: b } }", "services.y conflicts with imported resource"],
  ["include: [nope.yaml]", "open /srv/app/nope.yaml: no such file or directory"],
  ["include: [{ path: a.yaml, env_file: nope.env }]", "stat /srv/app/nope.env: no such file or directory"],
  ["include: a.yaml", "`include` must be a list, got a.yaml"],
  [
    "include: [loop.yaml]",
    "include cycle detected:\n/srv/app/compose.yaml\n include /srv/app/loop.yaml\n include /srv/app/compose.yaml",
  ],
  ["include: ['https://example.com/x.git']", 'remote Compose file "https://example.com/x.git" is not supported'],
])("%s is refused", (text, message) => {
  const files = { "a.yaml": "services: { y: { image: a } }", "loop.yaml": "include: [compose.yaml]" };
  expect(refusal(() => load(text, {}, files)).message).toContain(message);
});
test("what is wrong inside names the included file", () => {
  const error = refusal(() => load("include: [a.yaml]", {}, { "a.yaml": "services:\n  a:\n    foo: 1" }));
  expect(error.at).toEqual({ file: "/srv/app/a.yaml", line: 3, column: 5 });
});
test("without include nothing is loaded", () => {
  const { context } = openProject(memoryFiles({ "/srv/app/compose.yaml": "" }), request());
  const model = { services: {} };
  expect(applyInclude(model, context, () => ({ services: { x: {} } }))).toBe(model);
});
test.each([
  ["include: [1]", "'[0]' expected a map or struct, got \"int\""],
  ["include: { path: a.yaml }", "`include` must be a list, got map[path:a.yaml]"],
  ["include: [{ path: a.yaml, env_file: sub }]", "/srv/app/sub is not a file"],
  ["include: [sub]", "read /srv/app/sub: is a directory"],
])("%s is refused as Docker Compose refuses it", (text, message) => {
  const others = { "a.yaml": "services: { x: { image: x } }", "sub/x": "" };
  expect(refusal(() => load(text, {}, others)).message).toContain(message);
});
test.each(["include:", "include: [{}]", "include: [{ path: [] }]"])("%s includes nothing", (text) => {
  expect(Object.keys(load(`${text}\nservices: { a: { image: a } }`).services)).toEqual(["a"]);
});
