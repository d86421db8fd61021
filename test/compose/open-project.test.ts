import { expect, test } from "bun:test";
import { openProject } from "../../src/compose/open-project.ts";
import { load, memoryFiles, refusal, request } from "./memory-files.ts";

const WEB = "services: { web: { image: a, volumes: ['./d:/d'] } }";

test("a project has its files, its directory, its variables and its name", () => {
  const { projectName: _imposed, ...unnamed } = request({ environment: { A: "1" } });
  const files = memoryFiles({ "/srv/app/compose.yaml": `name: ${"${A}"}shop\n${WEB}`, "/srv/app/.env": "B=2" });
  const { found, name, context } = openProject(files, unnamed);
  expect([found.files, found.directory, name]).toEqual([["/srv/app/compose.yaml"], "/srv/app", "1shop"]);
  expect(Object.fromEntries(context.environment)).toEqual({
    A: "1",
    B: "2",
    COMPOSE_PROJECT_NAME: "1shop",
    PWD: "/srv/app",
  });
});

test("standard input is a file named -, with the working directory as its folder", () => {
  const project = load("", { files: ["-"], standardInput: WEB });
  expect([project.files, project.workingDir]).toEqual([["-"], "/srv/app"]);
  expect(project.services["web"]?.volumes?.[0]?.source).toBe("/srv/app/d");
});

test("standard input mixes with other files, whose folder counts", () => {
  const project = load(
    "",
    { files: ["-", "sub/b.yaml"], standardInput: WEB },
    { "sub/b.yaml": "services: { web: { user: u } }" },
  );
  expect(project.services["web"]).toMatchObject({ image: "a", user: "u" });
  expect([project.files, project.workingDir]).toEqual([["-", "/srv/app/sub/b.yaml"], "/srv/app/sub"]);
});

test("what is wrong in standard input has its line", () => {
  const error = refusal(() => load("", { files: ["-"], standardInput: "services:\n  web:\n    imagge: a" }));
  expect(error.at).toEqual({ file: "-", line: 3, column: 5 });
});

test("without standard input - is a file like any other", () =>
  expect(refusal(() => load("", { files: ["-"] })).message).toBe("open /srv/app/-: no such file or directory"));

test("a file is parsed once for its name and its model", () => {
  let reads = 0;
  const files = memoryFiles({ "/srv/app/compose.yaml": WEB });
  const read = (path: string) => {
    reads += 1;
    return files.read(path);
  };
  const { projectName: _imposed, ...unnamed } = request();
  const { context, found } = openProject({ ...files, read }, unnamed);
  const before = reads;
  for (const file of found.files) context.documentsOf(file);
  expect(reads).toBe(before);
});
