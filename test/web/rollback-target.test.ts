import { describe, expect, test } from "bun:test";
import type { Release } from "../../src/deployment.ts";
import { distinctReleases, rollbackTarget } from "../../src/web/rollback-target.ts";
import { refusal } from "./refusal.ts";

const release = (deploymentId: string, commit: string, more: Partial<Release> = {}): Release => ({
  deploymentId,
  commit: commit.padEnd(40, "0"),
  message: "",
  author: "",
  settingsDigest: "s",
  imageDigests: { web: "sha256:1" },
  repoDigests: {},
  inputDigest: null,
  healthyAt: "2026-01-01T00:00:00Z",
  ...more,
});

const releases = [
  release("9", "cccc1"),
  release("8", "cccc1"),
  release("5", "bbbb1"),
  release("3", "aaaa1"),
  release("1", "aaaa2"),
];
const target = (to?: string, current: string | null = null) => rollbackTarget(releases, to, current).deploymentId;

describe("a rollback without a target", () => {
  test("goes to the release before the current one, whatever repairs made anew in between", () => {
    expect(target()).toBe("5");
    expect(target("")).toBe("5");
  });

  test("goes one further back from where the stack is pinned", () => {
    expect([target(undefined, "5"), target(undefined, "3")]).toEqual(["3", "1"]);
  });

  test("counts other settings or images of the same commit as another release", () => {
    const settings = [release("2", "aa"), release("1", "aa", { settingsDigest: "other" })];
    const images = [release("2", "aa"), release("1", "aa", { imageDigests: { web: "sha256:2" } })];
    for (const two of [settings, images]) expect(rollbackTarget(two, undefined, null).deploymentId).toBe("1");
  });

  test("is refused when there is none", () => {
    for (const few of [[], [release("1", "aa")], [release("2", "aa"), release("1", "aa")]])
      expect(refusal(() => rollbackTarget(few, undefined, null))).toStartWith(
        "InvalidInput to: there is no release before",
      );
  });
});

describe("a rollback to", () => {
  test("a deployment takes that one, a commit the newest release of it", () => {
    expect([target("3"), target("CCCC"), target("bbbb1")]).toEqual(["3", "9", "5"]);
  });

  test("the beginning of several commits is refused with all of them", () => {
    expect(refusal(() => target("aaaa"))).toBe(
      'InvalidInput to: "aaaa" may mean aaaa100 (deployment 3), aaaa200 (deployment 1)',
    );
  });

  test("what is no healthy release is refused with those there are", () => {
    for (const odd of ["7", "dddd", "ccc", "; id", "HEAD"])
      expect(refusal(() => target(odd))).toContain("is no healthy release of this stack");
  });
});

test("releases that run the same are shown once", () => {
  expect(distinctReleases(releases).map(({ deploymentId }) => deploymentId)).toEqual(["9", "5", "3", "1"]);
});
