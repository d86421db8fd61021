import { describe, expect, test } from "bun:test";
import { ignoreRules } from "../../src/docker/build-ignore.ts";

/** The paths that are sent, of those given. */
function sent(rules: string, ...paths: readonly string[]): readonly string[] {
  const { ignores } = ignoreRules(rules);
  return paths.filter((path) => !ignores(path));
}

describe("a .dockerignore", () => {
  test("leaves out a file, and everything below a directory", () =>
    expect(sent("secret.txt\nnode_modules", "secret.txt", "a/secret.txt", "node_modules/a/b", "src/a")).toEqual([
      "a/secret.txt",
      "src/a",
    ]));
  test("takes a leading or trailing slash and ./ as nothing", () =>
    expect(sent("/a\nb/\n./c\nd//e/../f", "a", "b/x", "c", "d/f", "d/e")).toEqual(["d/e"]));
  test("reads comments, blanks and CRLF as moby does", () =>
    expect(sent("# a\n\n  b  \r\n #c", "# a", "a", "b", "#c")).toEqual(["# a", "a"]));
  test("skips the mark at a file's beginning that some editors write", () => expect(sent("\uFEFFa", "a")).toEqual([]));
  test("keeps `*` within one name", () =>
    expect(sent("*.log\n*/*.tmp", "a.log", "x/a.log", "x/a.tmp", "x/y/a.tmp")).toEqual(["x/a.log", "x/y/a.tmp"]));
  test("lets `**` stand for any number of names, none included", () =>
    expect(sent("**/*.log\na/**/z", "b.log", "x/y/b.log", "a/z", "a/b/c/z", "a/bz")).toEqual(["a/bz"]));
  test("lets `**` at the end take everything below", () =>
    expect(sent("a/**", "a", "a/b/c", "ab")).toEqual(["a", "ab"]));
  test("knows `?` and classes", () =>
    expect(sent("a?c\n[x-z]1\n[^0]9", "abc", "ac", "y1", "w1", "19", "09")).toEqual(["ac", "w1", "09"]));
  test("takes a backslash as the next letter itself", () =>
    expect(sent("\\*a\n\\!b", "*a", "xa", "!b", "b")).toEqual(["xa", "b"]));
  test("lets the last rule decide, below ignored directories too", () =>
    expect(sent("*\n!src\nsrc/*.md\n!src/README.md", "a", "src/a.ts", "src/a.md", "src/README.md")).toEqual([
      "src/a.ts",
      "src/README.md",
    ]));
  test("is case sensitive", () => expect(sent("readme", "README")).toEqual(["README"]));
  test("takes letters that mean something to a regular expression as themselves", () =>
    expect(sent("a+b\n(c\nd|e\n^f$", "aab", "a+b", "(c", "d", "d|e", "^f$")).toEqual(["aab", "d"]));
  test("matches nothing outside of the context", () => expect(sent("../a\n..", "a", "b")).toEqual(["a", "b"]));
  test("answers for names that every object has", () =>
    expect(sent("a", "constructor", "__proto__")).toEqual(["constructor", "__proto__"]));
  test("is not slowed down by a rule made for that", () => {
    const rules = ignoreRules(`${"**/a*".repeat(60)}b`);
    expect(rules.ignores("a".repeat(4_000))).toBe(false);
  });
});

test("an ignored directory is walked only where a `!` may want something of it", () => {
  const { mayKeepBelow } = ignoreRules("*\n!a/b/c\n!x/*.txt");
  expect(["a", "a/b", "a/b/c/d", "a/z", "x", "y"].map(mayKeepBelow)).toEqual([true, true, true, false, true, false]);
  expect(ignoreRules("*\n!**/keep").mayKeepBelow("any")).toBe(true);
  expect(ignoreRules("*").mayKeepBelow("any")).toBe(false);
});
