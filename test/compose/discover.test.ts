import { describe, expect, test } from "bun:test";
import { discover } from "../../src/compose/discover.ts";
import { LoadNotes } from "../../src/compose/load-notes.ts";
import type { LoadRequest } from "../../src/project-files.ts";
import { memoryFiles, refusal, request } from "./memory-files.ts";

const find = (tree: Readonly<Record<string, string>>, over: Partial<LoadRequest> = {}, notes = new LoadNotes()) =>
  discover(memoryFiles(tree), request(over), notes);

describe("without -f", () => {
  test("the first known name wins, with its override, and the others are warned of", () => {
    const notes = new LoadNotes();
    const tree = {
      "/srv/app/docker-compose.yml": "",
      "/srv/app/compose.yml": "",
      "/srv/app/docker-compose.override.yml": "",
      "/srv/app/compose.override.yaml": "",
    };
    expect(find(tree, {}, notes).files).toEqual(["/srv/app/compose.yml", "/srv/app/compose.override.yaml"]);
    expect([...notes.warnings][0]).toContain("Found multiple config files");
  });
  test("directories above are searched", () => {
    const found = find({ "/srv/compose.yaml": "" }, { cwd: "/srv/app/sub" });
    expect([found.files, found.directory]).toEqual([["/srv/compose.yaml"], "/srv"]);
  });
  test("COMPOSE_FILE names files, from .env too", () => {
    const tree = { "/srv/app/.env": "COMPOSE_FILE=a.yaml:b.yaml", "/srv/app/a.yaml": "", "/srv/app/b.yaml": "" };
    expect(find(tree).files).toEqual(["/srv/app/a.yaml", "/srv/app/b.yaml"]);
  });
  test("nothing found is refused", () => {
    const error = refusal(() => find({}));
    expect(error.message).toBe("no configuration file provided: not found");
    expect(error.hint).toContain("compose.yaml");
  });
});

describe("with -f", () => {
  test("the first file's folder is the project directory and no override is taken", () => {
    const tree = { "/srv/app/x/a.yaml": "", "/srv/app/b.yaml": "", "/srv/app/x/compose.override.yaml": "" };
    const found = find(tree, { files: ["x/a.yaml", "b.yaml"] });
    expect([found.files, found.directory]).toEqual([["/srv/app/x/a.yaml", "/srv/app/b.yaml"], "/srv/app/x"]);
    expect(find(tree, { files: ["b.yaml"], projectDirectory: "/elsewhere" }).directory).toBe("/elsewhere");
  });
  test("a missing or a remote file is refused", () => {
    expect(refusal(() => find({}, { files: ["a.yaml"] })).message).toBe(
      "open /srv/app/a.yaml: no such file or directory",
    );
    expect(refusal(() => find({}, { files: ["oci://a/b"] })).message).toContain("is not supported");
  });
});

describe("the environment", () => {
  const tree = {
    "/srv/app/compose.yaml": "",
    "/srv/app/.env": "A=env\nB=env",
    "/srv/app/x.env": "A=x\nC=${A}${B}",
    "/srv/app/y.env": "A=y",
  };
  test("is the caller's, then .env's", () => {
    const { environment } = find(tree, { environment: { A: "own" } });
    expect(Object.fromEntries(environment)).toEqual({ A: "own", B: "env", PWD: "/srv/app" });
  });
  test("named env files replace .env, later ones win", () => {
    const { environment } = find(tree, { envFiles: ["x.env", "y.env"], environment: { B: "own" } });
    expect(Object.fromEntries(environment)).toEqual({ A: "y", B: "own", C: "xown", PWD: "/srv/app" });
  });
  test(".env can be switched off, and a folder of that name is no matter", () => {
    expect(find(tree, { environment: { COMPOSE_DISABLE_ENV_FILE: "true" } }).environment.has("A")).toBe(false);
    expect(find({ "/srv/app/compose.yaml": "", "/srv/app/.env/x": "" }).environment.has("A")).toBe(false);
  });
  test("a named env file that is missing or a folder is refused", () => {
    expect(refusal(() => find(tree, { envFiles: ["nope"] })).message).toBe("couldn't find env file: /srv/app/nope");
    expect(refusal(() => find({ ...tree, "/srv/app/d/x": "" }, { envFiles: ["d"] })).message).toBe(
      "/srv/app/d is a directory",
    );
  });
});

test("PWD is the folder in which the command runs, unless the environment has one", () => {
  const tree = memoryFiles({ "/srv/app/sub/compose.yaml": "", "/srv/app/sub/.env": "X=$PWD" });
  const found = (over: Partial<LoadRequest>) =>
    discover(tree, request({ files: ["sub/compose.yaml"], ...over }), new LoadNotes()).environment;
  expect([found({}).get("PWD"), found({}).get("X")]).toEqual(["/srv/app", "/srv/app"]);
  expect(found({ environment: { PWD: "/own" } }).get("PWD")).toBe("/own");
});

test("of several files that could be meant the first is used, and both are named", () => {
  const notes = new LoadNotes();
  const tree = {
    "/srv/app/compose.yaml": "",
    "/srv/app/docker-compose.yml": "",
    "/srv/app/compose.override.yml": "",
    "/srv/app/compose.override.yaml": "",
  };
  expect(discover(memoryFiles(tree), request(), notes).files).toEqual([
    "/srv/app/compose.yaml",
    "/srv/app/compose.override.yml",
  ]);
  expect([...notes.warnings]).toEqual([
    "Found multiple config files with supported names: /srv/app/compose.yaml, /srv/app/docker-compose.yml",
    "Using /srv/app/compose.yaml",
    "Found multiple override files with supported names: /srv/app/compose.override.yml, /srv/app/compose.override.yaml",
    "Using /srv/app/compose.override.yml",
  ]);
});
