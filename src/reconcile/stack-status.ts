import type { Deployment, Release } from "../deployment.ts";
import { dependenciesFromLabel, isServing } from "../label.ts";
import type { ObservedContainer } from "../observed-state.ts";
import { expectedReplicas, isOneShot, type Project } from "../project.ts";
import { shortCommit } from "../revision.ts";
import type { Hold, ServiceStatus, Stack, StackState, StackStatus, Suspension } from "../stack.ts";
import type { Seen } from "./container-looks.ts";
import { blockingAttempt } from "./desired-revision.ts";
import type { LaneView } from "./stack-passes.ts";

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
  const blocking =
    lane.wanted && lane.settingsDigest && blockingAttempt(lane.wanted.commit, lane.settingsDigest, facts.history);
  if (blocking) return blocked(blocking, release);
  if (lane.trouble) return say(release ? "degraded" : "failed", lane.trouble.message, lane.trouble.hint);
  if (!lane.wanted) return say("reconciling", "asking the repository for its newest commit");
  if (!release || release.commit !== lane.wanted.commit)
    return say("out-of-sync", `${shortCommit(lane.wanted.commit)} is not deployed yet`);
  // After a start, and for a stack that came back, only the history says that it was healthy once.
  if (!lane.project) return say("reconciling", "looking at what runs");
  return ailing(services, lane.project) ?? drifted(facts) ?? say("in-sync", "nothing to do");
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
  if (!pinned) return null;
  const at = release ? ` to ${shortCommit(release.commit)}` : "";
  const newest =
    lane.wanted && lane.wanted.commit !== release?.commit ? `; newest is ${shortCommit(lane.wanted.commit)}` : "";
  const trouble = lane.trouble ? `. ${lane.trouble.message}` : "";
  const sick = ailing(services, lane.project);
  return {
    state: sick ? sick.state : "suspended",
    reason: `pinned${at} ${who(pinned)}${newest}${sick ? `. ${sick.reason}` : trouble}`,
    hint: sick?.hint ?? "Resume it to follow the repository again.",
  };
}

function who({ by, why }: Suspension): string {
  return `by ${by}${why === "" ? "" : `: ${why}`}`;
}

/** A service that is missing or does not do its work, though nobody stopped it. */
function ailing(services: readonly ServiceStatus[], project: Project | null): Description | null {
  const expected = Object.entries(project?.services ?? {}).filter(([, service]) => expectedReplicas(service) > 0);
  const missing = expected.find(([name]) => !services.some((service) => service.name === name));
  const say = (reason: string): Description => ({ state: "degraded", reason, hint: "Look at its log." });
  if (missing) return { ...say(`${missing[0]} has no container`), hint: "It is made again with the next look." };
  const short = expected.find(
    ([name, service]) =>
      (services.find((one) => one.name === name)?.containers.length ?? 0) < expectedReplicas(service),
  );
  if (short) return { ...say(`${short[0]} has too few containers`), hint: "They are made again with the next look." };
  const isJob = ({ name }: ServiceStatus): boolean => project?.services[name] !== undefined && isOneShot(project, name);
  const isIll = (service: ServiceStatus): boolean =>
    service.health === "unhealthy" ||
    BAD_STATES.has(service.state) ||
    // Whatever ended with code 0 says that its work is done; only the model says whether it was meant to end.
    (service.state === "completed" && project?.services[service.name] !== undefined && !isJob(service));
  const ill = services.find(isIll);
  if (!ill) return null;
  if (isJob(ill) && ill.state === "exited") return say(`the job ${ill.name} failed`);
  const state = ill.state === "completed" ? "exited" : ill.state;
  return say(`${ill.name} is ${ill.health === "unhealthy" ? "unhealthy" : state}`);
}

const BAD_STATES: ReadonlySet<string> = new Set(["exited", "dead", "restarting", "paused", "removing", "created"]);

function drifted({ lane }: StatusFacts): Description | null {
  const [first] = lane.drift;
  if (!first) return null;
  const more = lane.drift.length > 1 ? `, and ${lane.drift.length - 1} more` : "";
  const hint = "Deploy to make it so again, or change the Compose file.";
  return { state: "out-of-sync", reason: `${first.resource}: ${first.field}${more}`, hint };
}

function blocked(blocking: Deployment, release: Release | null): Description {
  const staysUp = blocking.failureAction === "pause" || blocking.failureAction === "continue";
  const kept = release && !staysUp ? `${shortCommit(release.commit)} runs. ` : "";
  const verb = blocking.class === "rejected" ? "was refused" : "failed";
  const why = (blocking.reason ?? "no reason was kept").replace(/\.$/, "");
  const reason = `${kept}${shortCommit(blocking.commit)} ${verb}: ${why}. Tried once, waiting for a new commit.`;
  return { state: staysUp ? "degraded" : "failed", reason, hint: blocking.hint ?? "" };
}

function serviceStatuses(containers: readonly ObservedContainer[]): readonly ServiceStatus[] {
  const serving = containers.filter(isServing);
  const names = [...new Set(serving.map((container) => container.serviceName))].sort();
  return names.map((name) =>
    serviceStatus(
      name,
      serving.filter((container) => container.serviceName === name),
    ),
  );
}

function serviceStatus(name: string, containers: readonly ObservedContainer[]): ServiceStatus {
  const [first] = containers;
  return {
    name,
    state: worstState(containers),
    health: worstHealth(containers),
    image: first?.image ?? "",
    digest: first?.imageId ?? null,
    dependsOn: dependenciesFromLabel(first?.labels ?? {}),
    containers: containers.map((container) => ({
      id: container.id,
      name: container.name,
      state: container.state,
      health: container.health,
      startedAt: container.startedAt,
      restarts: container.restartCount,
    })),
  };
}

/** A job that ended with code 0 has "completed"; otherwise the least alive container speaks for its service. */
function worstState(containers: readonly ObservedContainer[]): string {
  const completed = (one: ObservedContainer): boolean =>
    one.state === "exited" && one.exitCode === 0 && one.restartPolicy !== "always";
  if (containers.every(completed)) return "completed";
  const order = ["dead", "exited", "restarting", "paused", "removing", "created"];
  return (
    order.find((state) => containers.some((container) => container.state === state && !completed(container))) ??
    "running"
  );
}

function worstHealth(containers: readonly ObservedContainer[]): string {
  return (
    ["unhealthy", "starting", "healthy"].find((health) => containers.some((one) => one.health === health)) ?? "none"
  );
}
