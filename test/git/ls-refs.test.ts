import { describe, expect, test } from "bun:test";
import { lsRefsRequest, readAdvertisement, readLsRefs } from "../../src/git/ls-refs.ts";

const [A, B, C] = ["a".repeat(40), "b".repeat(40), "c".repeat(40)];

describe("an advertisement", () => {
  test("of version 2 tells the object format", () => {
    expect(
      readAdvertisement(["version 2\n", "agent=git/2.40\n", "ls-refs=unborn\n", "object-format=sha256\n"]),
    ).toEqual({
      version: 2,
      objectFormat: "sha256",
    });
    expect(readAdvertisement(["version 2\n", "ls-refs\n"])).toEqual({ version: 2, objectFormat: null });
  });

  test("of version 2 without ls-refs is refused", () => {
    expect(() => readAdvertisement(["version 2\n", "fetch\n"])).toThrow(/does not list refs/);
  });

  test.each([[[]], [["version 1\n"]]])("of version 0 or 1 holds the refs already (%j)", (first) => {
    const told = readAdvertisement([
      ...first,
      `${A} HEAD\0multi_ack symref=HEAD:refs/heads/main agent=git/1.8\n`,
      `${A} refs/heads/main\n`,
      `${B} refs/tags/v1\n`,
      `${C} refs/tags/v1^{}\n`,
    ]);
    expect(told).toEqual({
      version: 1,
      refs: {
        head: "refs/heads/main",
        refs: new Map([
          ["HEAD", { id: A, peeled: null }],
          ["refs/heads/main", { id: A, peeled: null }],
          ["refs/tags/v1", { id: B, peeled: C }],
        ]),
      },
    });
  });

  test("of an empty repository holds none", () => {
    const told = readAdvertisement([`${"0".repeat(40)} capabilities^{}\0multi_ack\n`]);
    expect(told).toEqual({ version: 1, refs: { head: null, refs: new Map() } });
  });

  test("that is an error shows the server's words without control characters", () => {
    expect(() => readAdvertisement(["ERR no\u001b[31m such repository\n"])).toThrow(
      /refused: no \[31m such repository$/,
    );
  });

  test("that is something else is refused", () => {
    expect(() => readAdvertisement(["hello world\n"])).toThrow(/cannot be read/);
  });
});

test("an answer to ls-refs holds heads, peeled tags and what HEAD stands for", () => {
  const told = readLsRefs([
    `${A} HEAD symref-target:refs/heads/main\n`,
    `${A} refs/heads/main\n`,
    `${B} refs/tags/v1 peeled:${C}\n`,
  ]);
  expect(told.head).toBe("refs/heads/main");
  expect(told.refs.get("refs/tags/v1")).toEqual({ id: B, peeled: C });
});

test("an unborn HEAD is no ref", () => {
  expect(readLsRefs(["unborn HEAD symref-target:refs/heads/main\n"])).toEqual({
    head: "refs/heads/main",
    refs: new Map(),
  });
});

test("the request names the prefixes after the delimiter", () => {
  expect(lsRefsRequest(["HEAD"], "sha1")).toBe(
    "0014command=ls-refs\n0016object-format=sha1" +
      "0001" +
      "0009peel\n" +
      "000csymrefs\n" +
      "0014ref-prefix HEAD\n" +
      "0000",
  );
});
