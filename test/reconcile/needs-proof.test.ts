import { expect, test } from "bun:test";
import type { FailureClass } from "../../src/deployment.ts";
import { isOpen, isUnproven } from "../../src/reconcile/needs-proof.ts";
import { MemoryHistory } from "../support/memory-history.ts";

function begin(commit: string) {
  const info = { commit, author: "Ann", message: "A change", committedAt: "2026-01-01T12:00:00Z" };
  return { stack: "shop", commit: info, settingsDigest: "s", trigger: "commit", cause: "new commit" } as const;
}

function failed(kind: FailureClass) {
  return { status: "failed", class: kind, failureAction: null, reason: "no", hint: "", verdicts: [] } as const;
}

test("an attempt that was cut off is open for its own commit and settings alone", async () => {
  const history = new MemoryHistory();
  const { id } = await history.begin(begin("c1"));
  await history.finish(id, { status: "interrupted", reason: "the daemon was stopped" });
  expect(await isOpen(begin("c1"), history)).toBe(true);
  expect(await isOpen(begin("c2"), history)).toBe(false);
  expect(await isOpen({ ...begin("c1"), settingsDigest: "t" }, history)).toBe(false);
});

test("what a failed attempt left is unproven, and one that was refused left nothing", async () => {
  const history = new MemoryHistory();
  expect(await isUnproven(begin("c1"), history)).toBe(false);
  await history.finish((await history.begin(begin("c1"))).id, failed("rejected"));
  expect(await isUnproven(begin("c2"), history)).toBe(false);
  await history.finish((await history.begin(begin("c2"))).id, failed("unhealthy"));
  await history.finish((await history.begin(begin("c3"))).id, failed("rejected"));
  expect(await isUnproven(begin("c4"), history)).toBe(true);
});
