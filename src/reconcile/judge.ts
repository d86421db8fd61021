import type { Verdict } from "../deployment.ts";
import { isServing } from "../label.ts";
import type { ObservedContainer } from "../observed-state.ts";
import { toleratedFailures, watchingConfig } from "../plan/rolling-update.ts";
import { expectedReplicas, isOneShot, type Project, type Service } from "../project.ts";
import { durationMs } from "../quantity.ts";
import type { UpdateConfig } from "../service-resources.ts";

/** Question four for one service, without the evidence. */
export interface Judgement {
  readonly serviceName: string;
  readonly verdict: Verdict;
  readonly summary: string;
  /** The container that decided it, for its log. */
  readonly containerId: string | null;
  /** Pending for so long, in milliseconds, unless something happens: only time is missing. Absent: nobody knows. */
  readonly endsInMs?: number;
}

export interface GateClock {
  /** Milliseconds since the epoch: when the gate began, and now. */
  readonly beganAt: number;
  readonly now: number;
  /** Restarts that count for nothing, by container id: those before the gate, or before the change that started it. */
  readonly restartsBefore: ReadonlyMap<string, number>;
  /** By container id, of those that run again: the code with which it ended last. */
  readonly lastExits?: ReadonlyMap<string, number>;
  /** By container id: since when we have seen it run without another start. A lower bound that needs no clock but ours. */
  readonly seenSince?: ReadonlyMap<string, number>;
  /** By container id, of those that this very change started: when that change began. Theirs can't be an earlier start. */
  readonly startedAfter?: ReadonlyMap<string, number>;
  /** How long a service may take; null or absent: as its healthcheck suggests. */
  readonly deadlineMs?: number | null;
  /** A former release comes back: `rollback_config` says how it is watched. */
  readonly returning?: boolean;
}

/** How long a job may run, unless the stack says otherwise. */
export const JOB_DEADLINE_MS = 600_000;
const DEFAULT_WINDOW_MS = 10_000;
const SLACK_MS = 30_000;

/** Question four: did it work? Pure; `containers` are all that stand for the project, retained ones are ignored. */
export function judge(
  project: Project,
  containers: readonly ObservedContainer[],
  clock: GateClock,
): readonly Judgement[] {
  return Object.keys(project.services).map((serviceName) => {
    const own = containers.filter((one) => one.serviceName === serviceName && isServing(one));
    return judgeService(project, serviceName, own, clock);
  });
}

/** What one container of a service says by itself. Pure. */
export function judgeContainer(project: Project, container: ObservedContainer, clock: GateClock): Finding {
  const { serviceName } = container;
  const service = project.services[serviceName];
  if (!service) return { verdict: "healthy", summary: "is no part of the project" };
  const found = isOneShot(project, serviceName)
    ? judgeJob(container)
    : judgeServer(watchingConfig(service, clock.returning === true), container, clock);
  const late = clock.now - clock.beganAt > (clock.deadlineMs ?? deadlineMs(project, container));
  if (found.verdict !== "pending" || !late || found.endsInMs !== undefined) return found;
  return { verdict: "unhealthy", summary: `${found.summary}, beyond its deadline` };
}

/** How long a service may take before it counts as failed. Source: Compose defaults of 30 s interval and timeout, 3 retries. */
export function gateDeadlineMs(project: Project, serviceName: string): number {
  const service = project.services[serviceName];
  const check = service?.healthcheck;
  if (isOneShot(project, serviceName)) return JOB_DEADLINE_MS;
  const interval = check?.interval ? durationMs(check.interval) : 30_000;
  const timeout = check?.timeout ? durationMs(check.timeout) : 30_000;
  const startPeriod = check?.start_period ? durationMs(check.start_period) : 0;
  return startPeriod + interval * ((check?.retries ?? 3) + 1) + timeout + SLACK_MS;
}

/** The container knows what its image adds to the file. */
function deadlineMs(project: Project, { serviceName, healthDeadlineMs }: ObservedContainer): number {
  const ofFile = gateDeadlineMs(project, serviceName);
  return isOneShot(project, serviceName) ? ofFile : (healthDeadlineMs ?? ofFile);
}

function judgeService(
  project: Project,
  serviceName: string,
  containers: readonly ObservedContainer[],
  clock: GateClock,
): Judgement {
  const service = project.services[serviceName];
  const say = (verdict: Verdict, summary: string, one?: Found): Judgement => ({
    serviceName,
    verdict,
    summary,
    containerId: one?.container.id ?? null,
    ...(one?.endsInMs === undefined ? {} : { endsInMs: one.endsInMs }),
  });
  if (!service || expectedReplicas(service) === 0) return say("healthy", "scaled to 0");
  const found = containers.map((container) => ({ container, ...judgeContainer(project, container, clock) }));
  const failed = found.filter((one) => one.verdict === "unhealthy");
  const [first] = failed;
  if (first && failed.length > mayFail(service, clock)) return say("unhealthy", first.summary, first);
  if (containers.length < expectedReplicas(service)) {
    const late = clock.now - clock.beganAt > (clock.deadlineMs ?? gateDeadlineMs(project, serviceName));
    const summary = `${containers.length} of ${expectedReplicas(service)} containers exist`;
    return say(late ? "unhealthy" : "pending", summary);
  }
  const pending = found.find((one) => one.verdict === "pending");
  if (pending) return say("pending", pending.summary, pending);
  if (first)
    return say("healthy", `${failed.length} of ${found.length} failed (${first.summary}), within max_failure_ratio`);
  return say("healthy", found[0]?.summary ?? "is there", found[0]);
}

type Found = Finding & { readonly container: ObservedContainer };

function mayFail(service: Service, { returning = false }: GateClock): number {
  return toleratedFailures(watchingConfig(service, returning), expectedReplicas(service));
}

/** What one container says. */
export interface Finding {
  readonly verdict: Verdict;
  readonly summary: string;
  /** As in `Judgement`; no deadline cuts that short. */
  readonly endsInMs?: number;
}

function judgeJob(container: ObservedContainer): Finding {
  if (container.state === "exited" && container.exitCode === 0)
    return { verdict: "healthy", summary: "ended with code 0" };
  if (container.state === "exited" || container.state === "dead") return ended(container);
  if (container.state === "created" && container.error) return { verdict: "unhealthy", summary: container.error };
  return { verdict: "pending", summary: `the job is ${container.state}` };
}

function judgeServer(config: UpdateConfig | undefined, container: ObservedContainer, clock: GateClock): Finding {
  const restarts = container.restartCount - (clock.restartsBefore.get(container.id) ?? 0);
  if (container.state === "exited" || container.state === "dead") return ended(container);
  if (container.state === "created" && container.error) return { verdict: "unhealthy", summary: container.error };
  if (container.health === "unhealthy") return { verdict: "unhealthy", summary: "its healthcheck fails" };
  const checked = container.health !== "none";
  if (restarts > (checked ? 1 : 0) || (!checked && container.state === "restarting"))
    return restarted(container, restarts, clock);
  if (container.state !== "running") return { verdict: "pending", summary: `is ${container.state}` };
  if (container.health === "starting") return { verdict: "pending", summary: "its healthcheck has not passed yet" };
  return judgeStability(config, container, clock);
}

/**
 * The time after a start in which a failure counts is `monitor`. Without a healthcheck, to run through it is the only proof there is;
 * with one it is waited for where the file asks for it.
 */
function judgeStability(config: UpdateConfig | undefined, container: ObservedContainer, clock: GateClock): Finding {
  const checked = container.health !== "none";
  const window = config?.monitor ? durationMs(config.monitor) : checked ? 0 : DEFAULT_WINDOW_MS;
  const ranFor = runningMs(container, clock);
  if (ranFor < window)
    return {
      verdict: "pending",
      summary: `running, ${seconds(ranFor)} of ${seconds(window)}`,
      endsInMs: window - ranFor,
    };
  if (checked) return { verdict: "healthy", summary: "its healthcheck passes" };
  return { verdict: "healthy", summary: window > 0 ? `ran ${seconds(window)} without a restart` : "is running" };
}

/** Whatever the Engine's clock makes of it: no longer than the change that started it lasts, no shorter than we have watched it. */
function runningMs({ id, startedAt }: ObservedContainer, { now, seenSince, startedAfter }: GateClock): number {
  const told = startedAt ? now - Date.parse(startedAt) : 0;
  const most = now - (startedAfter?.get(id) ?? Number.NEGATIVE_INFINITY);
  const least = now - (seenSince?.get(id) ?? now);
  return Math.max(Math.min(told, most), least);
}

function ended(container: ObservedContainer): Finding {
  const ran =
    container.startedAt && container.finishedAt
      ? Date.parse(container.finishedAt) - Date.parse(container.startedAt)
      : 0;
  const why = container.oomKilled ? ", out of memory" : "";
  return { verdict: "unhealthy", summary: `exited with code ${container.exitCode} after ${seconds(ran)}${why}` };
}

function restarted(container: ObservedContainer, restarts: number, { lastExits }: GateClock): Finding {
  const why = container.oomKilled ? ", out of memory" : "";
  // While it runs, the Engine tells 0: what it ended with is forgotten.
  const code = container.state === "running" ? lastExits?.get(container.id) : container.exitCode;
  const last = `${code === undefined ? "" : `, last exit code ${code}`}${why}`;
  if (restarts < 1) return { verdict: "unhealthy", summary: `keeps restarting${last}` };
  return { verdict: "unhealthy", summary: `restarted ${restarts === 1 ? "once" : `${restarts} times`}${last}` };
}

function seconds(milliseconds: number): string {
  return `${Math.max(0, Math.round(milliseconds / 1000))} s`;
}
