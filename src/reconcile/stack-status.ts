import type { Deployment, Release } from "../deployment.ts";
import { dependenciesFromLabel, isRetainedName } from "../label.ts";
import type { ObservedContainer } from "../observed-state.ts";
import { shortCommit } from "../revision.ts";
import type { ServiceStatus, Stack, StackState, StackStatus } from "../stack.ts";
import { blockingAttempt } from "./desired-revision.ts";
import type { LaneView } from "./lane.ts";
import { settingsDigest } from "./stack-settings.ts";

export interface StatusFacts {
  readonly stack: Stack;
  readonly lane: LaneView;
  /** Newest first. */
  readonly history: readonly Deployment[];
  readonly release: Release | null;
  /** Null when the Engine could not be asked. */
  readonly containers: readonly ObservedContainer[] | null;
}

/** What a page and `status --json` say of a stack. Pure; never "in sync" without containers that were seen running. */
export function stackStatus(facts: StatusFacts): StackStatus {
  const { stack, lane, release, history } = facts;
  const services = serviceStatuses(facts.containers ?? []);
  return {
    name: stack.name,
    ...describe(facts, services),
    trouble: lane.trouble?.reason ?? null,
    commit: release?.commit ?? null,
    wantedCommit: lane.wanted?.commit ?? release?.commit ?? null,
    pinned: false,
    suspended: null,
    lastGoodPollAt: lane.lastGoodPollAt,
    lastDeploymentId: history[0]?.id ?? null,
    services,
  };
}

interface Description {
  readonly state: StackState;
  readonly reason: string;
  readonly hint: string;
}

function describe(facts: StatusFacts, services: readonly ServiceStatus[]): Description {
  const { lane, release, containers, stack } = facts;
  const say = (state: StackState, reason: string, hint = ""): Description => ({ state, reason, hint });
  const open = facts.history[0]?.status === "applying" ? facts.history[0] : null;
  if (lane.deploying || open)
    return say("reconciling", open ? `deploying ${shortCommit(open.commit)}` : "looking at what must change");
  if (containers === null)
    return say("degraded", "the Docker Engine does not answer", "Start the Docker Engine; Tallyman goes on by itself.");
  const blocking = lane.wanted && blockingAttempt(lane.wanted.commit, settingsDigest(stack), facts.history);
  if (blocking) return blocked(blocking, release);
  if (lane.trouble) return say(release ? "degraded" : "failed", lane.trouble.message, lane.trouble.hint);
  if (!lane.wanted) return say("reconciling", "asking the repository for its newest commit");
  if (!release || release.commit !== lane.wanted.commit)
    return say("out-of-sync", `${shortCommit(lane.wanted.commit)} is not deployed yet`);
  const ailing = services.find((service) => service.health === "unhealthy" || service.state === "exited");
  if (ailing)
    return say(
      "degraded",
      `${ailing.name} is ${ailing.health === "unhealthy" ? "unhealthy" : ailing.state}`,
      "Look at its log.",
    );
  return say("in-sync", "nothing to do");
}

function blocked(blocking: Deployment, release: Release | null): Description {
  const kept = release ? `${shortCommit(release.commit)} runs. ` : "";
  const verb = blocking.class === "rejected" ? "was refused" : "failed";
  const why = (blocking.reason ?? "no reason was kept").replace(/\.$/, "");
  const reason = `${kept}${shortCommit(blocking.commit)} ${verb}: ${why}. Tried once, waiting for a new commit.`;
  return { state: "failed", reason, hint: blocking.hint ?? "" };
}

function serviceStatuses(containers: readonly ObservedContainer[]): readonly ServiceStatus[] {
  const serving = containers.filter((container) => !container.oneOff && !isRetainedName(container.name));
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
