import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lazyReading, readTree } from "../../src/git/tree-reader.ts";
import { output } from "../support/command.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"4d".repeat(32)}\nsize 12345\n`;
let directory: TemporaryDirectory;

beforeEach(() => {
  directory = temporaryDirectory("tree-reader");
});
afterEach(() => directory.remove());

const at = (path: string) => join(directory.path, path);

test("a pointer, a submodule, an outer link and a name that is no UTF-8 are of no use", async () => {
  writeFileSync(at("model.bin"), POINTER);
  writeFileSync(at("long.md"), POINTER + "about pointers ".repeat(100));
  writeFileSync(
    at(".gitmodules"),
    '[submodule "theme"]\n\tpath = web/theme\n\turl = ../theme\n[submodule "x"]\npath=../x\n',
  );
  mkdirSync(at("web/theme"), { recursive: true });
  symlinkSync("/etc/shadow", at("shadow"));
  await output(["sh", "-c", `printf one > "$(printf '${at("caf")}\\351')"`]);
  const { entries, unusable } = await readTree(directory.path);
  expect([...entries.keys()].sort()).toEqual([".gitmodules", "long.md", "model.bin"]);
  expect(Object.fromEntries([...unusable].map(([path, why]) => [path.replace("\uFFFD", "?"), why]))).toEqual({
    "model.bin": "lfs-pointer",
    "web/theme": "submodule",
    shadow: "outer-link",
    "caf?": "odd-name",
  });
});

test("a tree is read once, when somebody asks", async () => {
  writeFileSync(at("a"), "1");
  const { digests, unusable } = lazyReading(directory.path);
  writeFileSync(at("b"), "1");
  expect([...(await digests()).keys()].sort()).toEqual(["a", "b"]);
  writeFileSync(at("c"), POINTER);
  expect([(await digests()).size, (await unusable()).size]).toEqual([2, 0]);
});

test("names that differ in case alone are two files", async () => {
  writeFileSync(at("README"), "1");
  writeFileSync(at("readme"), "2");
  const { entries } = await readTree(directory.path);
  expect(entries.size).toBe(2);
});
