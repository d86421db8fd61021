import { expect, test } from "bun:test";
import { checkRefName, checkRepositoryPath, isFullCommit } from "../../src/git/ref-name.ts";

test.each(["main", "feature/a-b", "v1.2.3", "refs/heads/main", "a".repeat(40), "release@2", "ünï"])(
  "a ref may be %j",
  (text) => {
    expect(checkRefName(text)).toBe(text);
  },
);

test.each([
  "",
  "-main",
  "--upload-pack=id",
  "a..b",
  "a b",
  "a~1",
  "a^",
  "a:b",
  "a?",
  "a*",
  "a[b",
  "a\\b",
  "@",
  "a@{1}",
  "/a",
  "a/",
  "a//b",
  ".a",
  "a/.b",
  "a.lock",
  "a.lock/b",
  "a.",
  "a\n",
  "a\u0000",
  "a\u202e",
  "a".repeat(300),
])("a ref may not be %j", (text) => {
  expect(() => checkRefName(text)).toThrow(/^ref: /);
});

test("a path in the repository loses its last slash", () => {
  expect(["", "apps/shop", "apps/shop/", "..a/b"].map((path) => checkRepositoryPath(path, "path"))).toEqual([
    "",
    "apps/shop",
    "apps/shop",
    "..a/b",
  ]);
});

test.each(["/etc", "../a", "a/../../b", "a/..", "-a", "a\\b", "a\nb", ".git", "a/.GIT/config", "a".repeat(2000)])(
  "a path in the repository may not be %j",
  (text) => {
    expect(() => checkRepositoryPath(text, "path")).toThrow(/^path: /);
  },
);

test("a full commit is 40 or 64 lowercase hex characters", () => {
  expect(["a".repeat(40), "0".repeat(64), "a".repeat(39), "A".repeat(40), "main"].map(isFullCommit)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
