import { expect, test } from "bun:test";
import type { Deployment, Release } from "../../src/deployment.ts";
import { desiredRevision } from "../../src/reconcile/desired-revision.ts";

const wanted = { commit: "bbb", ref: "refs/heads/main" };
const release: Release = {
  deploymentId: "1",
  commit: "aaa",
  message: "",
  author: "",
  settingsDigest: "s",
  imageDigests: {},
  healthyAt: "",
};

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
