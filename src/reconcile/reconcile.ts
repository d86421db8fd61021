import { serviceHash } from "../compose/hash.ts";
import type { Deployment, Release, Trigger } from "../deployment.ts";
import { TallymanError } from "../error.ts";
import type { NewDeployment } from "../history.ts";
import type { Project } from "../project.ts";
import { type CommitInfo, type Revision, shortCommit } from "../revision.ts";
import type { Hold, Stack } from "../stack.ts";
import type { Variables } from "../variable.ts";
import { type AttemptResult, deploy } from "./deploy.ts";
import { type Desire, desiredRevision } from "./desired-revision.ts";
import { failureClass } from "./failure-class.ts";
import { halt } from "./halt.ts";
import { JOB_DEADLINE_MS } from "./judge.ts";
import type { PassParts, PassResult, PassTrigger } from "./pass.ts";
import { settingsDigest } from "./stack-settings.ts";

/** How many attempts question one looks back on. */
const HISTORY_DEPTH = 50;
/** How far back somebody may have pinned. */
const RELEASES_DEPTH = 500;

export interface Pass {
  readonly stack: Stack;
  readonly trigger: PassTrigger;
  /** The probe's answer: what the stack's ref points to. An operator's pin to a revision takes its place. */
  readonly wanted: Revision;
  readonly variables: Variables;
  /** The project as it was last applied: only for telling what changed. */
  readonly previous: Project | null;
  /** Nothing differed when the Engine was last looked at: a commit with the same inputs needs no look. */
  readonly inSync: boolean;
  /** Aborts when a newer commit makes this pass pointless. */
  readonly superseded: AbortSignal;
  readonly onApplied: (project: Project) => void;
}

/** The commits that question one may answer with, and why. */
type Running = Extract<Desire, { kind: "run" | "return" | "pinned" }>;

/**
 * One pass over one stack: asks the four questions in order and acts on the answers. A failed gate is recorded, and the same pass runs
 * again: question one then answers with the last healthy release. Throws what kept it from even trying (git, Engine, store).
 */
export async function reconcile(asked: Pass, parts: PassParts, signal: AbortSignal): Promise<PassResult> {
  const held = await parts.holds.holdsOf(asked.stack.name);
  const pass = { ...asked, wanted: held.find(({ kind }) => kind === "pinned")?.revision ?? asked.wanted };
  const desire = await desireOf(pass, held, parts);
  if (desire.kind === "suspended") return suspended();
  if (desire.kind === "stopped") return await halt(pass.stack, parts, signal);
  if (desire.kind === "nothing") return blocked(desire.blockedBy, null);
  const result = await attempt(pass, desire, parts, signal);
  switch (result.kind) {
    case "superseded":
      return { outcome: "interrupted", deploymentId: result.deployment.id, commit: null, error: null };
    case "failed":
      return desire.kind === "return" ? stuck(result) : await goBack(pass, result, parts, signal);
    case "unchanged":
      pass.onApplied(result.project);
      return desire.kind === "return" ? blocked(desire.blockedBy, desire.release.commit) : inSync(commitOf(desire));
    case "healthy":
      pass.onApplied(result.project);
      return {
        outcome: desire.kind === "return" ? "rolled-back" : "healthy",
        deploymentId: result.deployment.id,
        commit: result.deployment.commit,
        error: null,
      };
  }
}

/** What the wanted revision and the history make of question one; an operator's own "deploy" or "retry" lifts a block once. */
async function desireOf(
  { stack, trigger, wanted, variables }: Pass,
  held: readonly Hold[],
  { history }: PassParts,
): Promise<Desire> {
  const pin = held.find(({ kind }) => kind === "pinned")?.deploymentId;
  const releases = pin ? await history.releases(stack.name, RELEASES_DEPTH) : [];
  const asked = trigger === "deploy" || trigger === "retry";
  return desiredRevision(wanted, settingsDigest(stack, variables), {
    history: asked ? [] : await history.outline(stack.name, HISTORY_DEPTH),
    lastRelease: await history.lastRelease(stack.name),
    holds: held,
    pinnedRelease: releases.find(({ deploymentId }) => deploymentId === pin) ?? null,
  });
}

async function attempt(pass: Pass, desire: Running, parts: PassParts, signal: AbortSignal): Promise<AttemptResult> {
  const { stack, wanted } = pass;
  const commit = commitOf(desire);
  parts.publish(stack.name, { type: "phase", deploymentId: null, phase: "fetch", detail: shortCommit(commit) });
  const checkout = await parts.source.checkout(stack, { commit, ref: wanted.ref }, signal);
  try {
    // Only now: a server that hangs in a fetch takes no turn from others. The way back does not wait behind their pulls.
    const endTurn =
      desire.kind === "return" ? () => undefined : await parts.turns.take(AbortSignal.any([signal, pass.superseded]));
    try {
      const release = await parts.history.lastRelease(stack.name);
      const given = {
        stack,
        checkout,
        begin: begin(pass, desire, checkout.info, release),
        options: { ...optionsOf(pass, desire, release), now: parts.clock.now().getTime() },
        environment: { ...pass.variables.values, ...parts.foldersOf(stack) },
        comesBack: await comesBack(desire, parts),
        knownInputs: knownInputs(pass, desire, release),
        superseded: pass.superseded,
        onGate: endTurn,
      };
      return await deploy(given, parts, signal);
    } finally {
      endTurn();
    }
  } finally {
    await parts.source.discard(stack, checkout);
  }
}

function commitOf(desire: Running): string {
  return desire.kind === "run" ? desire.commit : desire.release.commit;
}

async function comesBack(
  desire: Running,
  { history }: PassParts,
): Promise<{ readonly release: Release; readonly project: Project | null } | null> {
  if (desire.kind === "run") return null;
  return { release: desire.release, project: await history.releasedProject(desire.release.deploymentId) };
}

/** Newer images under the same reference are looked for with a new commit or at an operator's word, never by a routine pass. */
function optionsOf({ stack, trigger, previous }: Pass, desire: Running, release: Release | null) {
  const asked = trigger === "deploy" || trigger === "retry";
  const anew = desire.kind === "run" && (asked || release?.commit !== desire.commit);
  // A tag that moved meanwhile is no reason to run another image than the one that was proven.
  const former = desire.kind === "run" ? (anew ? null : release) : desire.release;
  return {
    basis: { pins: former?.imageDigests ?? {}, repoDigests: former?.repoDigests ?? {}, previous, hashOf: serviceHash },
    refreshImages: anew,
    // Drift is measured against a release that was proven: what does not belong to it goes as part of the repair.
    settled: trigger === "drift",
    prune: stack.prune,
    changedVolumes: "refuse",
    rerunJobs: false,
    start: true,
    returning: desire.kind !== "run",
    onFailure: stack.onFailure,
    limits: { healthMs: stack.gateTimeoutMs, jobMs: stack.gateTimeoutMs ?? JOB_DEADLINE_MS },
  } as const;
}

/** With these inputs nothing is asked of the Engine; null: it must be looked at. */
function knownInputs(pass: Pass, desire: Running, release: Release | null): string | null {
  const routine = pass.trigger === "poll" || pass.trigger === "commit" || pass.trigger === "settings";
  const sameSettings = release?.settingsDigest === settingsDigest(pass.stack, pass.variables);
  return desire.kind === "run" && routine && pass.inSync && sameSettings ? (release?.inputDigest ?? null) : null;
}

function begin(pass: Pass, desire: Running, commit: CommitInfo, release: Release | null): NewDeployment {
  const { stack, wanted, variables } = pass;
  const settings = desire.kind === "run" ? settingsDigest(stack, variables) : desire.release.settingsDigest;
  const common = { stack: stack.name, commit, settingsDigest: settings };
  if (desire.kind === "return")
    return { ...common, trigger: "rollback", cause: `went back from ${shortCommit(desire.blockedBy.commit)}` };
  if (desire.kind === "pinned" && pass.trigger !== "drift") {
    const { by, why } = desire.hold;
    return { ...common, trigger: "rollback", cause: `pinned by ${by}${why === "" ? "" : `: ${why}`}` };
  }
  const trigger = triggerOf(pass.trigger, release, common);
  return { ...common, trigger, cause: trigger === "commit" ? newCommit(wanted) : CAUSE[trigger] };
}

/** A timer or a start is no reason by itself: what is new since the last release is. */
function triggerOf(asked: PassTrigger, release: Release | null, { commit, settingsDigest }: Key): Trigger {
  if (asked !== "poll" && asked !== "start" && asked !== "commit") return asked;
  if (release?.commit !== commit.commit) return "commit";
  if (release.settingsDigest !== settingsDigest) return "settings";
  return asked === "start" ? "start" : "drift";
}

type Key = Pick<NewDeployment, "commit" | "settingsDigest">;

function newCommit({ ref }: Revision): string {
  if (ref === "folder") return "its files changed";
  return `new commit on ${ref.replace(/^refs\/(heads|tags)\//, "")}`;
}

const CAUSE = {
  deploy: "asked for by an operator",
  retry: "asked for by an operator",
  settings: "settings or variables changed",
  rollback: "asked for by an operator",
  drift: "the Engine was not as the release asks for",
  start: "first look after the start",
} as const;

/** The attempt failed after something was touched: ask question one once more. What was refused or cut off earlier touched nothing. */
async function goBack(
  pass: Pass,
  { deployment, error }: Extract<AttemptResult, { kind: "failed" }>,
  parts: PassParts,
  signal: AbortSignal,
): Promise<PassResult> {
  const failedResult: PassResult = { outcome: "failed", deploymentId: deployment.id, commit: null, error };
  if (deployment.class !== "unhealthy") return failedResult;
  if (deployment.failureAction === "pause") await pause(pass.stack, deployment, parts);
  if (deployment.failureAction !== "rollback") return failedResult;
  const release = await parts.history.lastRelease(pass.stack.name);
  if (!release || (release.commit === deployment.commit && release.settingsDigest === deployment.settingsDigest))
    return failedResult;
  const back = await reconcile({ ...pass, trigger: "rollback" }, parts, signal);
  // What stopped the way back may be over soon; told as such, the pass is made again, and goes on from here.
  if (back.outcome === "failed" && back.error && failureClass(back.error.reason, "preparing") === "transient")
    return back;
  const returned = back.outcome === "rolled-back" || (back.outcome === "blocked" && back.commit !== null);
  if (returned) return { outcome: "rolled-back", deploymentId: deployment.id, commit: back.commit, error };
  if (back.outcome === "interrupted") return back;
  return back.outcome === "failed" ? { ...failedResult, error: back.error ?? error } : failedResult;
}

/** The failed release stays up for a person to look at, and nothing more happens until that person resumes. */
async function pause(stack: Stack, { commit }: Deployment, { holds, publish, clock }: PassParts): Promise<void> {
  const why = `${shortCommit(commit)} failed, and its failure_action is pause`;
  const at = clock.now().toISOString();
  await holds.place(stack.name, { kind: "suspended", by: "tallyman", why, at, deploymentId: null });
  publish(stack.name, { type: "held", kind: "suspended", by: "tallyman", why });
}

function inSync(commit: string): PassResult {
  return { outcome: "in-sync", deploymentId: null, commit, error: null };
}

function suspended(): PassResult {
  return { outcome: "suspended", deploymentId: null, commit: null, error: null };
}

function blocked(blockedBy: Deployment, commit: string | null): PassResult {
  const error = new TallymanError("NotHealthy", `${shortCommit(blockedBy.commit)} ${blockedBy.reason ?? "failed"}`, {
    hint: blockedBy.hint ?? "Push a new commit, or deploy by hand to try this one again.",
  });
  return { outcome: "blocked", deploymentId: blockedBy.id, commit, error };
}

/** The way back failed too: nothing is tried again by itself, unless it may heal. */
function stuck({ deployment, error: cause }: Extract<AttemptResult, { kind: "failed" }>): PassResult {
  const message = `going back to ${shortCommit(deployment.commit)} failed: ${cause.message}`;
  const needsYou = deployment.class === "unhealthy" || deployment.class === "rejected";
  const hint = needsYou ? "This stack needs you: look at both deployments, then deploy by hand." : cause.hint;
  return {
    outcome: "failed",
    deploymentId: deployment.id,
    commit: null,
    error: new TallymanError(cause.reason, message, { hint, cause }),
  };
}
