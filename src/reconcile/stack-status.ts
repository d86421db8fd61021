import type { Deployment, Release } from "../deployment.ts";
import { type Revision, shortCommit } from "../revision.ts";
import type { Hold, ServiceStatus, Stack, StackState, StackStatus, Suspension } from "../stack.ts";
import { ailing } from "./ailing.ts";
import type { Seen } from "./container-looks.ts";
import { blockingAttempt } from "./desired-revision.ts";
import { serviceStatuses } from "./service-statuses.ts";
import type { LaneView } from "./stack-memory.ts";

export interface StatusFacts {
  readonly stack: Stack;
  readonly lane: LaneView;
  /** Newest first. */
  readonly history: readonly Deployment[];
  readonly release: Release | null;
  readonly holds: readonly Hold[];
  readonly seen: Seen;
}

/** What a page and `status --json` say of a stack. Pure; never "in sync" without containers that were seen running. */
export function stackStatus(facts: StatusFacts): StackStatus {
  const { stack, lane, release, history, seen } = facts;
  const services = serviceStatuses(seen.ok ? seen.containers : []);
  return {
    name: stack.name,
    ...describe(facts, services),
    trouble: (seen.ok ? lane.trouble : seen.error)?.reason ?? null,
    commit: release?.commit ?? null,
    wantedCommit: lane.wanted?.commit ?? release?.commit ?? null,
    pinned: held(facts, "pinned") !== null,
    suspended: held(facts, "suspended") ?? held(facts, "pinned"),
    stopped: held(facts, "stopped"),
    drift: lane.drift,
    lastGoodPollAt: lane.lastGoodPollAt,
    lastDeploymentId: history[0]?.id ?? null,
    services,
  };
}

function held({ holds }: StatusFacts, kind: Hold["kind"]): Suspension | null {
  const hold = holds.find((one) => one.kind === kind);
  return hold ? { by: hold.by, why: hold.why, at: hold.at } : null;
}

interface Description {
  readonly state: StackState;
  readonly reason: string;
  readonly hint: string;
}

function describe(facts: StatusFacts, services: readonly ServiceStatus[]): Description {
  const { lane, release, seen } = facts;
  const say = (state: StackState, reason: string, hint = ""): Description => ({ state, reason, hint });
  const open = facts.history[0]?.status === "applying" ? facts.history[0] : null;
  if (lane.deploying || open)
    return say("reconciling", open ? `deploying ${shortCommit(open.commit)}` : "looking at what must change");
  if (!seen.ok) return say("degraded", seen.error.message, seen.error.hint);
  const hold = heldBack(facts, services);
  if (hold) return hold;
  const wanted = pinnedRevision(facts) ?? lane.wanted;
  const blocking = wanted && lane.settingsDigest && blockingAttempt(wanted.commit, lane.settingsDigest, facts.history);
  if (blocking) return blocked(facts, services, blocking);
  if (lane.trouble) return say(release ? "degraded" : "failed", lane.trouble.message, lane.trouble.hint);
  if (!wanted) return say("reconciling", "asking the repository for its newest commit");
  if (!release || release.commit !== wanted.commit)
    return say("out-of-sync", `${shortCommit(wanted.commit)} is not deployed yet`);
  // After a start, and for a stack that came back, only the history says that it was healthy once.
  if (!lane.project) return say("reconciling", "looking at what runs");
  const sick = ailing(services, lane.project);
  return sick ? { state: "degraded", ...sick } : (drifted(facts) ?? say("in-sync", "nothing to do"));
}

/** What an operator decided comes before what the repository asks for. */
function heldBack(facts: StatusFacts, services: readonly ServiceStatus[]): Description | null {
  const { lane, release } = facts;
  const [suspended, stopped, pinned] = (["suspended", "stopped", "pinned"] as const).map((kind) => held(facts, kind));
  if (suspended)
    return { state: "suspended", reason: `suspended ${who(suspended)}`, hint: "Resume it, and it goes on by itself." };
  if (stopped) {
    const running = services.filter(({ state }) => state === "running").length;
    if (running > 0) return { state: "reconciling", reason: `stopping, ${running} services still run`, hint: "" };
    return { state: "stopped", reason: `stopped ${who(stopped)}`, hint: "Start it when it should run again." };
  }
  const revision = pinnedRevision(facts);
  // Until it has proven itself, it is told like any other commit.
  if (!pinned || (revision && revision.commit !== release?.commit)) return null;
  const at = release ? ` to ${shortCommit(release.commit)}` : "";
  const newest =
    lane.wanted && lane.wanted.commit !== release?.commit ? `; newest is ${shortCommit(lane.wanted.commit)}` : "";
  const trouble = lane.trouble ? `. ${lane.trouble.message}` : "";
  const sick = ailing(services, lane.project);
  return {
    state: sick ? "degraded" : "suspended",
    reason: `pinned${at} ${who(pinned)}${newest}${sick ? `. ${sick.reason}` : trouble}`,
    hint: sick?.hint ?? "Resume it to follow the repository again.",
  };
}

/** What an operator pinned that is no release yet, in place of what the repository asks for. */
function pinnedRevision({ holds }: StatusFacts): Revision | null {
  return holds.find(({ kind }) => kind === "pinned")?.revision ?? null;
}

function who({ by, why }: Suspension): string {
  return `by ${by}${why === "" ? "" : `: ${why}`}`;
}

function drifted({ lane }: StatusFacts): Description | null {
  const [first] = lane.drift;
  if (!first) return null;
  const more = lane.drift.length > 1 ? `, and ${lane.drift.length - 1} more` : "";
  const hint = "Deploy to make it so again, or change the Compose file.";
  return { state: "out-of-sync", reason: `${first.resource}: ${first.field}${more}`, hint };
}

function blocked({ lane, release, history }: StatusFacts, services: readonly ServiceStatus[], blocking: Deployment) {
  const staysUp = blocking.failureAction === "pause" || blocking.failureAction === "continue";
  const verb = blocking.class === "rejected" ? "was refused" : "failed";
  const failed = `${shortCommit(blocking.commit)} ${verb}: ${whyOf(blocking)}.`;
  const say = (state: StackState, reason: string, hint = blocking.hint ?? ""): Description => ({ state, reason, hint });
  const isItself = release?.commit === blocking.commit && release.settingsDigest === blocking.settingsDigest;
  if (!release || staysUp || isItself)
    return say(staysUp ? "degraded" : "failed", `${failed} Tried once, waiting for a new commit.`);
  const back = blockingAttempt(release.commit, release.settingsDigest, history.slice(0, history.indexOf(blocking)));
  const former = shortCommit(release.commit);
  if (back) return say("failed", `${failed} Going back to ${former} failed as well: ${whyOf(back)}.`, NEEDS_YOU);
  const sick = ailing(services, lane.project);
  const runs = sick ? `${former} runs, but ${sick.reason}. ` : `${former} runs. `;
  return say("failed", `${runs}${failed} Tried once, waiting for a new commit.`);
}

const NEEDS_YOU = "This stack needs you: look at both deployments, then deploy by hand.";

function whyOf({ reason }: Deployment): string {
  return (reason ?? "no reason was kept").replace(/\.$/, "");
}
