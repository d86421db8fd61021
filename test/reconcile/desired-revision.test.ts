import { expect, test } from "bun:test";
import type { Deployment, Release } from "../../src/deployment.ts";
import { desiredRevision as answer, type Desire, type Known } from "../../src/reconcile/desired-revision.ts";
import type { Hold } from "../../src/stack.ts";

const wanted = { commit: "bbb", ref: "refs/heads/main" };
const release: Release = {
  deploymentId: "1",
  commit: "aaa",
  message: "",
  author: "",
  settingsDigest: "s",
  imageDigests: {},
  repoDigests: {},
  inputDigest: null,
  healthyAt: "",
};

/** Without holds. */
function desiredRevision(
  revision: typeof wanted,
  settingsDigest: string,
  history: readonly Deployment[],
  lastRelease: Release | null,
  more: Partial<Known> = {},
): Desire {
  return answer(revision, settingsDigest, { history, lastRelease, holds: [], pinnedRelease: null, ...more });
}

const hold = (kind: Hold["kind"], deploymentId: string | null = null): Hold => ({
  kind,
  by: "ada",
  why: "",
  at: "2026-01-02T00:00:00Z",
  deploymentId,
});

function attempt(changes: Partial<Deployment>): Deployment {
  return {
    id: "2",
    stack: "shop",
    commit: "bbb",
    message: "",
    author: "",
    trigger: "commit",
    cause: "",
    settingsDigest: "s",
    status: "failed",
    class: "unhealthy",
    failureAction: "rollback",
    reason: null,
    hint: null,
    interruptions: 0,
    startedAt: "",
    finishedAt: null,
    durationMs: null,
    operations: [],
    verdicts: [],
    ...changes,
  };
}

test("a commit that was never tried should run", () => {
  expect(desiredRevision(wanted, "s", [], release)).toEqual({ kind: "run", commit: "bbb" });
});

test("a commit that failed its gate gives way to the last healthy release", () => {
  expect(desiredRevision(wanted, "s", [attempt({})], release)).toMatchObject({ kind: "return", release });
});

test("a refused commit is remembered as well", () => {
  expect(desiredRevision(wanted, "s", [attempt({ class: "rejected" })], release).kind).toBe("return");
});

test("without a release there is nothing to go back to", () => {
  expect(desiredRevision(wanted, "s", [attempt({})], null).kind).toBe("nothing");
});

test("changed settings lift the block", () => {
  expect(desiredRevision(wanted, "other", [attempt({})], release).kind).toBe("run");
});

test("transient and denied failures do not block", () => {
  for (const failure of ["transient", "denied"] as const) {
    expect(desiredRevision(wanted, "s", [attempt({ class: failure })], release).kind).toBe("run");
  }
});

test("an interruption is no failure of the commit, three of them are", () => {
  const cut = (interruptions: number) => [attempt({ status: "interrupted", class: "interrupted", interruptions })];
  expect(desiredRevision(wanted, "s", cut(2), release).kind).toBe("run");
  expect(desiredRevision(wanted, "s", cut(3), release).kind).toBe("return");
});

test("only the newest attempt of a key counts", () => {
  const mended = [attempt({ id: "3", status: "healthy", class: null }), attempt({})];
  expect(desiredRevision(wanted, "s", mended, release).kind).toBe("run");
});

test("a way back that failed is not tried again", () => {
  const history = [attempt({ id: "3", commit: "aaa", trigger: "rollback" }), attempt({})];
  expect(desiredRevision(wanted, "s", history, release)).toMatchObject({ kind: "nothing", blockedBy: { id: "3" } });
});

test("a suspended stack is left alone, whatever else is asked", () => {
  const holds = [hold("pinned", "1"), hold("stopped"), hold("suspended")];
  expect(desiredRevision(wanted, "s", [], release, { holds, pinnedRelease: release }).kind).toBe("suspended");
});

test("a stopped stack stays stopped, a new commit notwithstanding", () => {
  expect(desiredRevision(wanted, "s", [], release, { holds: [hold("stopped")] }).kind).toBe("stopped");
});

test("a pinned release runs, though a newer commit waits", () => {
  const pinned = { ...release, deploymentId: "7", commit: "old" };
  const known = { holds: [hold("pinned", "7")], pinnedRelease: pinned };
  expect(desiredRevision(wanted, "s", [], release, known)).toMatchObject({
    kind: "pinned",
    release: { commit: "old" },
  });
});

test("a pinned release that failed before it was pinned gets its chance, one that failed since does not", () => {
  const known = { holds: [hold("pinned", "1")], pinnedRelease: release };
  const failed = (startedAt: string) => [attempt({ commit: "aaa", startedAt })];
  expect(desiredRevision(wanted, "s", failed("2026-01-01T00:00:00Z"), release, known).kind).toBe("pinned");
  expect(desiredRevision(wanted, "s", failed("2026-01-03T00:00:00Z"), release, known).kind).toBe("nothing");
});

test("a pin whose release the history has forgotten changes nothing", () => {
  expect(desiredRevision(wanted, "s", [], release, { holds: [hold("pinned", "9")] }).kind).toBe("suspended");
});

test("a release that was to stay up when it failed is not gone back from", () => {
  for (const failureAction of ["pause", "continue"] as const)
    expect(desiredRevision(wanted, "s", [attempt({ failureAction })], release).kind).toBe("nothing");
});

test("bad settings of the same commit are gone back from as well", () => {
  const known = attempt({ commit: "aaa", settingsDigest: "bad" });
  const sameCommit = { ...wanted, commit: "aaa" };
  expect(desiredRevision(sameCommit, "bad", [known], release)).toMatchObject({ kind: "return", release });
});

test("what went wrong with the last release before is no reason to leave a bad one up", () => {
  const repair = attempt({ id: "2", commit: "aaa", trigger: "drift" });
  const bad = attempt({ id: "3" });
  const back = attempt({ id: "4", commit: "aaa", trigger: "rollback" });
  expect(desiredRevision(wanted, "s", [bad, repair], release)).toMatchObject({ kind: "return", release });
  expect(desiredRevision(wanted, "s", [back, bad, repair], release)).toEqual({ kind: "nothing", blockedBy: back });
  // Tried again by hand, and bad again: so is the way back.
  expect(desiredRevision(wanted, "s", [attempt({ id: "5" }), back, bad], release).kind).toBe("return");
});
