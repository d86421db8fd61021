import { serviceHash } from "../compose/hash.ts";
import type { Deployment } from "../deployment.ts";
import { TallymanError } from "../error.ts";
import type { NewDeployment } from "../history.ts";
import type { Project } from "../project.ts";
import { type CommitInfo, type Revision, shortCommit } from "../revision.ts";
import type { Stack } from "../stack.ts";
import { type AttemptResult, deploy } from "./deploy.ts";
import { type Desire, desiredRevision } from "./desired-revision.ts";
import type { PassParts, PassResult, PassTrigger } from "./pass.ts";
import { settingsDigest } from "./stack-settings.ts";

/** How many attempts question one looks back on. */
const HISTORY_DEPTH = 50;

export interface Pass {
  readonly stack: Stack;
  readonly trigger: PassTrigger;
  /** The probe's answer: what the stack's ref points to. */
  readonly wanted: Revision;
  /** The project as this process last applied it: only for telling what changed. */
  readonly previous: Project | null;
  readonly onApplied: (project: Project) => void;
}

/**
 * One pass over one stack: asks the four questions in order and acts on the answers. A failed gate is recorded, and the same pass runs
 * again: question one then answers with the last healthy release. Throws what kept it from even trying (git, Engine, store).
 */
export async function reconcile(pass: Pass, parts: PassParts, signal: AbortSignal): Promise<PassResult> {
  const desire = await desireOf(pass, parts);
  if (desire.kind === "nothing") return blocked(desire.blockedBy, null);
  const result = await attempt(pass, desire, parts, signal);
  if (result.kind === "unchanged") {
    pass.onApplied(result.project);
    return desire.kind === "return" ? blocked(desire.blockedBy, desire.release.commit) : inSync(pass.wanted);
  }
  if (result.kind === "healthy") {
    pass.onApplied(result.project);
    const { id, commit } = result.deployment;
    return { outcome: desire.kind === "return" ? "rolled-back" : "healthy", deploymentId: id, commit, error: null };
  }
  return desire.kind === "return" ? stuck(result.deployment, result.error) : await goBack(pass, result, parts, signal);
}

/** What the wanted revision and the history make of question one; an operator's own "deploy" or "retry" lifts a block once. */
async function desireOf({ stack, trigger, wanted }: Pass, parts: PassParts): Promise<Desire> {
  if (trigger === "deploy" || trigger === "retry") return { kind: "run", commit: wanted.commit };
  const history = await parts.history.list(stack.name, HISTORY_DEPTH);
  return desiredRevision(wanted, settingsDigest(stack), history, await parts.history.lastRelease(stack.name));
}

async function attempt(
  pass: Pass,
  desire: Exclude<Desire, { kind: "nothing" }>,
  parts: PassParts,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const { stack, wanted } = pass;
  const commit = desire.kind === "return" ? desire.release.commit : desire.commit;
  parts.publish(stack.name, { type: "phase", deploymentId: null, phase: "fetch", detail: shortCommit(commit) });
  const checkout = await parts.source.checkout(stack, { commit, ref: wanted.ref }, signal);
  const options = {
    basis: {
      pins: desire.kind === "return" ? desire.release.imageDigests : {},
      previous: pass.previous,
      hashOf: serviceHash,
    },
    refreshImages: await mayRefresh(pass, desire, parts),
    settled: false,
    prune: true,
    changedVolumes: "refuse" as const,
    rerunJobs: false,
    start: true,
  };
  try {
    return await deploy({ stack, checkout, begin: begin(pass, desire, checkout.info), options }, parts, signal);
  } finally {
    await parts.source.discard(stack, checkout);
  }
}

/** Newer images under the same reference are looked for with a new commit or at an operator's word, never by a routine pass. */
async function mayRefresh({ stack, trigger }: Pass, desire: Desire, parts: PassParts): Promise<boolean> {
  if (desire.kind !== "run") return false;
  if (trigger === "deploy" || trigger === "retry") return true;
  return (await parts.history.lastRelease(stack.name))?.commit !== desire.commit;
}

function begin({ stack, trigger, wanted }: Pass, desire: Desire, commit: CommitInfo): NewDeployment {
  const common = { stack: stack.name, commit };
  if (desire.kind === "return") {
    const cause = `went back from ${shortCommit(desire.blockedBy.commit)}`;
    return { ...common, trigger: "rollback", cause, settingsDigest: desire.release.settingsDigest };
  }
  const cause =
    trigger === "deploy" || trigger === "retry" ? "asked for by an operator" : `new commit on ${shortRef(wanted.ref)}`;
  return { ...common, trigger: trigger === "poll" ? "commit" : trigger, cause, settingsDigest: settingsDigest(stack) };
}

function shortRef(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, "");
}

/** The attempt failed after something was touched: ask question one once more. What was refused or cut off earlier touched nothing. */
async function goBack(
  pass: Pass,
  { deployment, error }: Extract<AttemptResult, { kind: "failed" }>,
  parts: PassParts,
  signal: AbortSignal,
): Promise<PassResult> {
  const failedResult: PassResult = { outcome: "failed", deploymentId: deployment.id, commit: null, error };
  if (deployment.class !== "unhealthy") return failedResult;
  const release = await parts.history.lastRelease(pass.stack.name);
  if (!release || release.commit === deployment.commit) return failedResult;
  const back = await reconcile({ ...pass, trigger: "rollback" }, parts, signal);
  const returned = back.outcome === "rolled-back" || back.outcome === "blocked";
  return { outcome: returned ? "rolled-back" : "failed", deploymentId: deployment.id, commit: back.commit, error };
}

function inSync(wanted: Revision): PassResult {
  return { outcome: "in-sync", deploymentId: null, commit: wanted.commit, error: null };
}

function blocked(blockedBy: Deployment, commit: string | null): PassResult {
  const error = new TallymanError("NotHealthy", `${shortCommit(blockedBy.commit)} ${blockedBy.reason ?? "failed"}`, {
    hint: blockedBy.hint ?? "Push a new commit, or deploy by hand to try this one again.",
  });
  return { outcome: "blocked", deploymentId: blockedBy.id, commit, error };
}

/** The way back failed too: nothing is tried again by itself. */
function stuck(deployment: Deployment, cause: TallymanError): PassResult {
  const error = new TallymanError(
    cause.reason,
    `going back to ${shortCommit(deployment.commit)} failed: ${cause.message}`,
    {
      hint: "This stack needs you: look at both deployments, then deploy by hand.",
      cause,
    },
  );
  return { outcome: "failed", deploymentId: deployment.id, commit: null, error };
}
