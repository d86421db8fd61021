import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { switchLiveTree } from "../../src/git/live-tree.ts";
import { readManifest, writeManifest } from "../../src/git/tree-manifest.ts";
import { readTree } from "../../src/git/tree-reader.ts";
import { output } from "../support/command.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = temporaryDirectory("live-tree");
});
afterEach(() => directory.remove());

const at = (path: string) => join(directory.path, path);
const live = () => ({ tree: at("tree"), manifest: at("manifest.json"), conflicts: at("conflicts") });

function checkout(files: Readonly<Record<string, string>>): string {
  const staging = at(`staging-${crypto.randomUUID()}`);
  mkdirSync(staging);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(staging, path)), { recursive: true });
    writeFileSync(join(staging, path), content);
  }
  return staging;
}

test("what an interrupted switch had already written is not taken for a person's change", async () => {
  const [first, second] = [checkout({ a: "1", b: "1", c: "1" }), checkout({ a: "2", b: "2", d: "2" })];
  await switchLiveTree(live(), first);
  const { entries } = await readManifest(at("manifest.json"));
  await writeManifest(at("manifest.json"), { entries, incoming: await readTree(second), overwriting: [] });
  writeFileSync(at("tree/a"), "2");
  writeFileSync(at("tree/d"), "2");
  rmSync(at("tree/c"));
  writeFileSync(at("tree/.tallyman-incoming"), "half of b");
  expect(await switchLiveTree(live(), first)).toEqual([]);
  expect(readdirSync(at("tree")).sort()).toEqual(["a", "b", "c"]);
  expect(readFileSync(at("tree/a"), "utf8")).toBe("1");
});

test("without a manifest what differs is saved, what equals is left alone", async () => {
  mkdirSync(at("tree"));
  writeFileSync(at("tree/same"), "same");
  writeFileSync(at("tree/other"), "mine");
  writeFileSync(at("manifest.json"), "{ rubbish");
  const before = statSync(at("tree/same")).ino;
  const saved = await switchLiveTree(live(), checkout({ same: "same", other: "theirs" }));
  expect(saved).toEqual([{ path: "other", savedAs: at("conflicts/other") }]);
  expect(readFileSync(at("conflicts/other"), "utf8")).toBe("mine");
  expect(statSync(at("tree/same")).ino).toBe(before);
});

test("file names that mean something to JavaScript are names like others", async () => {
  await switchLiveTree(live(), checkout({ __proto__x: "1", constructor: "1" }));
  const odd = checkout({});
  writeFileSync(join(odd, "__proto__"), "1");
  await switchLiveTree(live(), odd);
  expect(readdirSync(at("tree"))).toEqual(["__proto__"]);
  await switchLiveTree(live(), checkout({ a: "1" }));
  expect(readdirSync(at("tree"))).toEqual(["a"]);
});

test("a pipe in the way is moved to the conflicts, unread", async () => {
  mkdirSync(at("tree"));
  await output(["mkfifo", at("tree/app.conf")]);
  await switchLiveTree(live(), checkout({ "app.conf": "1" }));
  expect(readFileSync(at("tree/app.conf"), "utf8")).toBe("1");
  expect(statSync(at("conflicts/app.conf")).isFIFO()).toBe(true);
});

test("a file becomes a folder, and a folder a file", async () => {
  await switchLiveTree(live(), checkout({ a: "file", "b/c/d": "deep" }));
  expect(await switchLiveTree(live(), checkout({ "a/x": "deep", b: "file" }))).toEqual([]);
  expect(readFileSync(at("tree/a/x"), "utf8")).toBe("deep");
  expect(readFileSync(at("tree/b"), "utf8")).toBe("file");
  expect(existsSync(at("conflicts"))).toBe(false);
});

test("links inside the tree are kept and replaced as links", async () => {
  const first = checkout({ one: "1", two: "2" });
  symlinkSync("one", join(first, "current"));
  const second = checkout({ one: "1", two: "2" });
  symlinkSync("two", join(second, "current"));
  await switchLiveTree(live(), first);
  expect(readFileSync(at("tree/current"), "utf8")).toBe("1");
  await switchLiveTree(live(), second);
  expect(readFileSync(at("tree/current"), "utf8")).toBe("2");
  expect(readFileSync(at("tree/one"), "utf8")).toBe("1");
});

test("the umask of the daemon does not reach the files", async () => {
  const before = process.umask(0o077);
  try {
    const staging = checkout({ "sub/app.conf": "1", "run.sh": "#!/bin/sh\n" });
    await output(["chmod", "700", join(staging, "run.sh")]);
    await switchLiveTree(live(), staging);
  } finally {
    process.umask(before);
  }
  const modes = ["tree", "tree/sub", "tree/sub/app.conf", "tree/run.sh"].map((path) => statSync(at(path)).mode & 0o777);
  expect(modes).toEqual([0o755, 0o755, 0o644, 0o755]);
});
