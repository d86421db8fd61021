import { describe, expect, test } from "bun:test";
import { applyExtends, refuseRemote } from "../../src/compose/extends.ts";
import { LoadNotes } from "../../src/compose/load-notes.ts";
import { positionOf } from "../../src/compose/load-project.ts";
import { load, memoryFiles, refusal, service, webOf } from "./memory-files.ts";

describe("a service that extends another", () => {
  test("of the same file gets everything, its own on top", () => {
    const project = load(
      "services: { base: { image: a, environment: { A: 1, B: 2 }, ports: ['80:80'], depends_on: [db] }, web: { extends: base, environment: [B=3], ports: ['81:81'] }, db: { image: db } }",
    );
    const web = service(project, "web");
    expect(web.environment).toEqual({ A: "1", B: "3" });
    expect(web.ports?.map(({ published }) => published)).toEqual(["80", "81"]);
    expect(Object.keys(web.depends_on ?? {})).toEqual(["db"]);
  });
  test("of another file keeps that file's folder for its relative paths", () => {
    const project = load(
      "services: { web: { extends: { service: base, file: sub/base.yaml }, volumes: ['./y:/y'] } }",
      {},
      {
        "sub/base.yaml": "services: { base: { image: a, build: ., volumes: ['./x:/x'], env_file: b.env } }",
        "sub/b.env": "B=b",
      },
    );
    const web = service(project, "web");
    expect(web.volumes?.map(({ source }) => source)).toEqual(["/srv/app/sub/x", "/srv/app/y"]);
    expect(web.build?.context).toBe("/srv/app/sub");
    expect(web.environment).toEqual({ B: "b" });
    expect(positionOf(project, "services.web.build")?.file).toBe("/srv/app/sub/base.yaml");
  });
  test("can take away what the base says", () => {
    const project = load(
      "services: { a: { extends: { service: b, file: b.yaml }, command: !reset null } }",
      {},
      {
        "b.yaml": "services: { b: { image: x, command: z } }",
      },
    );
    expect(service(project, "a").command).toBeNull();
  });
});

test.each([
  [
    "services: { a: { extends: nope } }",
    'cannot extend service "a" in /srv/app/compose.yaml: service "nope" not found',
  ],
  [
    "services: { a: { extends: { service: x, file: nope.yaml } } }",
    "open /srv/app/nope.yaml: no such file or directory",
  ],
  ["services: { a: { extends: { service: x, file: b.yaml } } }", 'service "x" not found in b.yaml'],
  [
    "services: { a: { extends: { service: x, file: c.yaml } } }",
    'cannot extend service "a" in /srv/app/c.yaml: no services section',
  ],
  ["services: { a: { extends: { file: b.yaml } } }", "extends.a.service is required"],
  [
    "services: { a: { extends: b }, b: { extends: a } }",
    "Circular reference:\n  a in /srv/app/compose.yaml\n  extends b in /srv/app/compose.yaml\n  extends a in",
  ],
  ["services: [a]", "services must be a mapping"],
])("%s is refused", (text, message) => {
  const files = { "b.yaml": "services: { y: { image: a } }", "c.yaml": "volumes: { v: }" };
  expect(refusal(() => load(text, {}, files)).message).toContain(message);
});
test("files elsewhere on the network are refused by name", () => {
  for (const reference of ["https://github.com/a/b.git", "git@github.com:a/b", "oci://x/y", "github.com/a/b"])
    expect(() => refuseRemote(reference, [])).toThrow(`remote Compose file "${reference}" is not supported`);
  expect(refusal(() => load("services: { a: { extends: { service: x, file: 'oci://x/y' } } }")).reason).toBe(
    "ComposeUnsupported",
  );
});
test("without services there is nothing to extend", () => {
  const context = {
    file: "/a",
    base: { directory: "/", home: undefined },
    root: { directory: "/", home: undefined },
    files: memoryFiles({}),
    notes: new LoadNotes(),
    resets: [],
    extended: new Map(),
    bases: new Map(),
    relativePaths: false,
  };
  const readRaw = () => ({ model: {}, notes: new LoadNotes(), resets: [] });
  expect(applyExtends({ volumes: {} }, { ...context, readRaw })).toEqual({ volumes: {} });
});
test.each([
  ["extends: { file: sub, service: b }", "read /srv/app/sub: is a directory"],
  ["extends: 1", 'cannot extend service "web" in /srv/app/compose.yaml: service "" not found'],
  [
    "extends: { file: list.yaml, service: b }",
    'cannot extend service "web" in /srv/app/list.yaml: services must be a mapping',
  ],
  [
    "extends: { file: none.yaml, service: b }",
    'cannot extend service "web" in /srv/app/none.yaml: no services section',
  ],
])("%s is refused", (lines, message) => {
  const others = { "sub/x": "", "list.yaml": "services: []", "none.yaml": "volumes: {}" };
  expect(refusal(() => webOf(`{ image: a, ${lines} }`, {}, others)).message).toContain(message);
});
test("a service that says nothing leaves the word of who extends it, as Docker Compose has it", () => {
  const web = webOf("{ image: a, extends: { file: e.yaml, service: e } }", {}, { "e.yaml": "services: { e: }" });
  expect(web).toMatchObject({ image: "a", extends: { file: "/srv/app/e.yaml", service: "e" } });
});
