import { expect, test } from "bun:test";
import {
  baseName,
  cleanPath,
  directoryOf,
  isAbsolute,
  relativePath,
  resolvePath,
} from "../../src/compose/posix-path.ts";

test.each([
  ["/a/./b/../c/", "/a/c"],
  ["a//b", "a/b"],
  ["/../x", "/x"],
  ["../x/..", ".."],
  ["", "."],
  ["/", "/"],
])("%p is %p", (path, clean) => expect(cleanPath(path)).toBe(clean));
test("relative paths begin at the directory", () => {
  expect(resolvePath("/srv/app", "../b")).toBe("/srv/b");
  expect(resolvePath("/srv/app", "/x/")).toBe("/x");
});
test("a path has a directory and a base name", () => {
  expect(["/a/b", "/a", "a"].map(directoryOf)).toEqual(["/a", "/", "."]);
  expect(["/a/b/", "/", "x"].map(baseName)).toEqual(["b", "", "x"]);
  expect(isAbsolute("a")).toBe(false);
});
test.each([
  ["/a/b", "/a/b", "."],
  ["/a/b", "/a/b/c/d", "c/d"],
  ["/a/b", "/a/x", "../x"],
  ["/a/b", "/", "../.."],
  ["/", "/a", "a"],
])("from %p the path %p is %p", (from, to, relative) => expect(relativePath(from, to)).toBe(relative));
