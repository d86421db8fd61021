import { describe, expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import type { RemoteRef, RemoteRefs } from "../../src/git/ls-refs.ts";
import { nearest, prefixesFor, resolveRef } from "../../src/git/resolve-ref.ts";
import type { Revision } from "../../src/revision.ts";

const [A, B, C, D] = ["a".repeat(40), "b".repeat(40), "c".repeat(40), "d".repeat(40)];

const remote = (refs: Record<string, string | readonly [string, string]>, head: string | null = null): RemoteRefs => ({
  head,
  refs: new Map<string, RemoteRef>(
    Object.entries(refs).map(([name, id]) =>
      typeof id === "string" ? [name, { id, peeled: null }] : [name, { id: id[0], peeled: id[1] }],
    ),
  ),
});

const usual = remote(
  { HEAD: A, "refs/heads/main": A, "refs/heads/v1": B, "refs/tags/v1": [C, D], "refs/tags/v2": [C, D] },
  "refs/heads/main",
);

describe("a ref", () => {
  test.each<[string | null, Revision]>([
    [null, { commit: A, ref: "refs/heads/main" }],
    ["main", { commit: A, ref: "refs/heads/main" }],
    ["v1", { commit: B, ref: "refs/heads/v1" }],
    ["v2", { commit: D, ref: "refs/tags/v2" }],
    ["refs/tags/v1", { commit: D, ref: "refs/tags/v1" }],
    [C, { commit: C, ref: "HEAD" }],
  ])("%p is found: branch before tag, tags peeled", (wanted, revision) => {
    expect(resolveRef(usual, wanted)).toEqual(revision);
  });

  test("that is missing names the nearest branches", () => {
    const refs = remote({ HEAD: A, "refs/heads/master": A, "refs/heads/docs": A, "refs/heads/main-2": A });
    expect(reasonOf(() => resolveRef(refs, "maste"))).toMatchObject({
      reason: "GitRefMissing",
      hint: "Nearest branches: master, main-2, docs.",
    });
  });

  test("in an empty repository tells that it is empty", () => {
    for (const wanted of [null, "main"])
      expect(reasonOf(() => resolveRef(remote({}), wanted)).reason).toBe("GitEmptyRepository");
  });

  test("that is the default branch may be missing while others exist", () => {
    const error = reasonOf(() => resolveRef(remote({ "refs/heads/dev": A }, "refs/heads/main"), null));
    expect([error.reason, error.hint]).toEqual(["GitRefMissing", "Set a ref for the stack; branches: dev."]);
  });
});

test("a probe asks for no more than it needs", () => {
  expect(prefixesFor(null)).toEqual(["HEAD"]);
  expect(prefixesFor("main")).toEqual(["refs/heads/main", "refs/tags/main"]);
  expect(prefixesFor("refs/pull/1/head")).toEqual(["refs/pull/1/head"]);
});

test("nearness counts the letters to change", () => {
  expect(nearest("prod", ["zzz", "Prod", "prodd", "production"], 3)).toEqual(["Prod", "prodd", "zzz"]);
});

function reasonOf(work: () => unknown): TallymanError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof TallymanError) return thrown;
  }
  throw new Error("no TallymanError");
}
