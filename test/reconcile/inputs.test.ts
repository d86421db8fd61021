import { describe, expect, test } from "bun:test";
import type { Project } from "../../src/project.ts";
import { inputDigest, mountedFiles, namedInputs, recordReads, withContents } from "../../src/reconcile/inputs.ts";
import { sampleProject } from "../support/sample-project.ts";

const TREE = "/root/tree";
const files = new Map([
  ["compose.yaml", "c1"],
  ["nginx.conf", "n1"],
  ["conf/a.conf", "a1"],
  ["conf/b.conf", "b1"],
  ["app/main.go", "m1"],
  ["README.md", "r1"],
]);
const read = new Set([`${TREE}/compose.yaml`]);
const changed = (path: string) => new Map([...files, [path, "changed"]]);

function projectWith(service: Parameters<typeof sampleProject>[0][string]): Project {
  return { ...sampleProject({ web: service }), workingDir: TREE };
}

const bind = (source: string, target: string) => ({ type: "bind" as const, source, target });

describe("the input digest", () => {
  const project = projectWith({
    volumes: [bind(`${TREE}/nginx.conf`, "/etc/nginx.conf"), bind(`${TREE}/data`, "/data")],
    build: { context: `${TREE}/app`, dockerfile: "Dockerfile" },
  });
  const digest = inputDigest(project, read, files, TREE);

  test("stays when nothing that shapes the containers changed", () => {
    expect(inputDigest(project, read, changed("README.md"), TREE)).toBe(digest);
    expect(inputDigest(project, read, changed("conf/a.conf"), TREE)).toBe(digest);
  });

  test("changes with the Compose file, a mounted file, and what is built", () => {
    for (const path of ["compose.yaml", "nginx.conf", "app/main.go"])
      expect(inputDigest(project, read, changed(path), TREE)).not.toBe(digest);
  });

  test("changes with the file of a config", () => {
    const configured = { ...project, configs: { site: { file: `${TREE}/conf/a.conf` } } };
    const before = inputDigest(configured, read, files, TREE);
    expect(inputDigest(configured, read, changed("conf/a.conf"), TREE)).not.toBe(before);
  });

  test("knows nothing of files outside of the tree", () => {
    const outside = projectWith({ volumes: [bind("/etc/hosts", "/etc/hosts"), bind(`${TREE}-evil/x`, "/x")] });
    expect(inputDigest(outside, read, files, TREE)).toBe(inputDigest(projectWith({}), read, files, TREE));
  });
});

describe("the content of mounts", () => {
  test("is told per service, by the path as it stands in the Compose file", () => {
    const project = projectWith({ volumes: [bind(`${TREE}/nginx.conf`, "/etc/nginx.conf")] });
    expect(withContents(project, files, TREE).contents).toEqual({ web: { "./nginx.conf": "n1" } });
  });

  test("of a folder covers every tracked file below it", () => {
    const project = projectWith({ volumes: [bind(`${TREE}/conf`, "/etc/conf")] });
    const contents = (digests: ReadonlyMap<string, string>) => withContents(project, digests, TREE).contents?.["web"];
    expect(Object.keys(contents(files) ?? {})).toEqual(["./conf"]);
    expect(contents(changed("conf/b.conf"))).not.toEqual(contents(files));
    expect(contents(changed("nginx.conf"))).toEqual(contents(files));
  });

  test("leaves out data that no commit knows", () => {
    const project = projectWith({ volumes: [bind(`${TREE}/data`, "/data"), bind("/etc/hosts", "/etc/hosts")] });
    expect(withContents(project, files, TREE).contents).toEqual({});
  });

  test("of configs and secrets is that of their files", () => {
    const project = projectWith({ configs: [{ source: "site" }], secrets: [{ source: "key" }] });
    const objects = { configs: { site: { file: `${TREE}/conf/a.conf` } }, secrets: { key: { environment: "KEY" } } };
    expect(withContents({ ...project, ...objects }, files, TREE).contents).toEqual({ web: { "./conf/a.conf": "a1" } });
  });
});

test("a file that is mounted by itself is told apart from a mounted folder", () => {
  const project = projectWith({ volumes: [bind(`${TREE}/nginx.conf`, "/n"), bind(`${TREE}/conf`, "/c")] });
  expect(mountedFiles(project, files, TREE)).toEqual(["nginx.conf"]);
});

test("reads are noted, questions after a file's kind are not", () => {
  const { files: noting, read: noted } = recordReads({ read: () => "text", kind: () => "file" });
  noting.read("/root/tree/.env");
  noting.kind("/root/tree/compose.override.yaml");
  expect([...noted]).toEqual(["/root/tree/.env"]);
});

test("what a folder's project is made from are mounted files and build contexts, not mounted folders", () => {
  const project = projectWith({
    volumes: [bind(`${TREE}/nginx.conf`, "/n"), bind(`${TREE}/data`, "/d")],
    build: { context: `${TREE}/app` },
  });
  const kind = (path: string) => (path.endsWith(".conf") ? "file" : "directory");
  expect(namedInputs(project, kind)).toEqual([`${TREE}/nginx.conf`, `${TREE}/app`]);
});
