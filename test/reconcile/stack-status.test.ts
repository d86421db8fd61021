import { describe, expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import type { Project } from "../../src/project.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { settingsDigest } from "../../src/reconcile/stack-settings.ts";
import { type StatusFacts, stackStatus } from "../../src/reconcile/stack-status.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";
import { sampleProject } from "../support/sample-project.ts";

const idle = {
  wanted: null,
  lastGoodPollAt: null,
  trouble: null,
  deploying: false,
  project: null,
  drift: [],
  settingsDigest: null,
};
const nothing: StatusFacts = {
  stack: sampleStack,
  lane: idle,
  history: [],
  release: null,
  holds: [],
  seen: { ok: true, containers: [] },
};

/** The facts after these commits were deployed one after the other. */
async function after(...commits: readonly ("good" | "bad" | "refused")[]): Promise<StatusFacts> {
  const { source, engine, history, variables, parts } = memoryFlow();
  engine.addImage("web:good", "healthy");
  engine.addImage("web:bad", "unhealthy");
  const refused = new TallymanError("ComposeInvalid", "no such key");
  for (const [index, kind] of commits.entries())
    source.push(
      `${kind}${index}00000`,
      kind === "refused" ? refused : sampleProject({ web: { image: `web:${kind}` } }),
    );
  let wanted = { commit: "", ref: "refs/heads/main" };
  let applied: Project | null = null;
  for (const commit of source.commits.keys()) {
    wanted = { ...wanted, commit };
    const known = { previous: null, inSync: false, superseded: new AbortController().signal };
    const pass = {
      stack: sampleStack,
      trigger: "poll",
      wanted,
      variables,
      ...known,
      onApplied: (project: Project) => {
        applied = project;
      },
    } as const;
    await reconcile(pass, parts, new AbortController().signal);
  }
  const digest = settingsDigest(sampleStack, variables);
  const lane = { ...idle, wanted, lastGoodPollAt: "2026-01-01T12:00:00Z", settingsDigest: digest, project: applied };
  return {
    stack: sampleStack,
    lane,
    history: history.rows,
    release: await history.lastRelease("shop"),
    holds: [],
    seen: { ok: true, containers: engine.containers },
  };
}

test("a stack that was never polled is being looked at", () => {
  expect(stackStatus(nothing)).toMatchObject({ state: "reconciling", commit: null, services: [] });
});

test("a healthy release of the wanted commit is in sync", async () => {
  expect(stackStatus(await after("good"))).toMatchObject({
    state: "in-sync",
    reason: "nothing to do",
    commit: "good000000",
  });
});

test("a stack that no pass has looked at since the start is not in sync by its history alone", async () => {
  const facts = await after("good");
  const status = stackStatus({ ...facts, lane: { ...facts.lane, project: null }, seen: { ok: true, containers: [] } });
  expect(status).toMatchObject({ state: "reconciling", reason: "looking at what runs" });
});

test("after going back the stack is failed and says which commit is bad and why", async () => {
  const status = stackStatus(await after("good", "bad"));
  expect(status).toMatchObject({ state: "failed", commit: "good000000", wantedCommit: "bad100000" });
  expect(status.reason).toBe(
    "good000 runs. bad1000 failed: web: its healthcheck fails. Tried once, waiting for a new commit.",
  );
  expect(status.hint).not.toBe("");
});

test("a refused commit is told apart from an unhealthy one", async () => {
  expect(stackStatus(await after("good", "refused")).reason).toContain("refused was refused: no such key");
});

test("an unreachable remote degrades a stack that runs, and fails one that never did", async () => {
  const trouble = new TallymanError("GitUnreachable", "forge.example does not answer", {
    hint: "Look at the network.",
  });
  const running = await after("good");
  expect(stackStatus({ ...running, lane: { ...running.lane, trouble } })).toMatchObject({
    state: "degraded",
    reason: trouble.message,
    hint: trouble.hint,
  });
  expect(stackStatus({ ...nothing, lane: { ...idle, trouble } })).toMatchObject({ state: "failed" });
});

test("an Engine that does not answer is never shown as in sync, and what to do about it is said", async () => {
  const error = new TallymanError("EngineUnreachable", "the Docker Engine can't be reached", { hint: "Start it." });
  expect(stackStatus({ ...(await after("good")), seen: { ok: false, error } })).toMatchObject({
    state: "degraded",
    reason: "the Docker Engine can't be reached",
    hint: "Start it.",
    trouble: "EngineUnreachable",
  });
});

describe("a container that ended after its deployment", () => {
  async function ended(exitCode: number): Promise<StatusFacts> {
    const facts = await after("good");
    const found = facts.seen.ok ? facts.seen.containers : [];
    const containers = found.map(
      (one) => ({ ...one, state: "exited" as const, exitCode, restartPolicy: "no" }) as const,
    );
    return { ...facts, seen: { ok: true, containers } };
  }

  test.each([0, 1])("with code %p is told, when it was meant to run", async (exitCode) => {
    expect(stackStatus(await ended(exitCode))).toMatchObject({ state: "degraded", reason: "web is exited" });
  });

  test("with code 0 is well, when it was a job", async () => {
    const facts = await ended(0);
    const project = sampleProject({ web: { image: "web:good", restart: "no" } });
    expect(stackStatus({ ...facts, lane: { ...facts.lane, project } })).toMatchObject({ state: "in-sync" });
  });
});

describe("a commit that failed", () => {
  const known = async () => {
    const facts = await after("good", "bad");
    const [back, failed] = facts.history;
    if (!back || !failed) throw new Error("there are two entries");
    return { facts, back, failed };
  };

  test("and whose way back failed as well is not said to have left the former one running", async () => {
    const { facts, back, failed } = await known();
    const stuck = { ...back, id: "9", status: "failed", class: "rejected", reason: "its image is gone." } as const;
    const status = stackStatus({ ...facts, history: [stuck, failed, ...facts.history.slice(2)] });
    expect(status).toMatchObject({
      state: "failed",
      reason: "bad1000 failed: web: its healthcheck fails. Going back to good000 failed as well: its image is gone.",
    });
    expect(status.hint).toContain("needs you");
  });

  test("leaves a release running that has turned bad itself: both are told", async () => {
    const { facts } = await known();
    const containers = facts.seen.ok ? facts.seen.containers : [];
    const ill = containers.map((one) => ({ ...one, health: "unhealthy" as const }));
    expect(stackStatus({ ...facts, seen: { ok: true, containers: ill } }).reason).toStartWith(
      "good000 runs, but web is unhealthy. bad1000 failed",
    );
  });

  test("to be repaired is not said to run", async () => {
    const facts = await after("good");
    const [healthy] = facts.history;
    if (!healthy) throw new Error("there is an entry");
    const repair = { ...healthy, id: "9", trigger: "drift", status: "failed", class: "unhealthy" } as const;
    const reason = "web: exited with code 1 after 0 s";
    const status = stackStatus({ ...facts, history: [{ ...repair, reason }, healthy] });
    expect(status.reason).toBe(`good000 failed: ${reason}. Tried once, waiting for a new commit.`);
  });
});

test("a pin to a commit that failed is told as failed, and as pinned once it runs", async () => {
  const pin = {
    kind: "pinned",
    by: "ada",
    why: "deploy of next",
    at: "2026-01-01T12:00:00Z",
    deploymentId: null,
  } as const;
  const to = (facts: StatusFacts) => ({ ...facts, holds: [{ ...pin, revision: facts.lane.wanted ?? undefined }] });
  expect(stackStatus(to(await after("good", "bad")))).toMatchObject({
    state: "failed",
    pinned: true,
    reason: expect.stringContaining("bad1000 failed"),
  });
  expect(stackStatus(to(await after("good")))).toMatchObject({
    state: "suspended",
    reason: "pinned to good000 by ada: deploy of next",
  });
});
