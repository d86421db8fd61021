import type { Verdict } from "../deployment.ts";
import { isServing } from "../label.ts";
import type { ObservedContainer } from "../observed-state.ts";
import { expectedReplicas, isOneShot, type Project, type Service } from "../project.ts";
import { durationMs } from "../quantity.ts";

/** Question four for one service, without the evidence. */
export interface Judgement {
  readonly serviceName: string;
  readonly verdict: Verdict;
  readonly summary: string;
  /** The container that decided it, for its log. */
  readonly containerId: string | null;
}

export interface GateClock {
  /** Milliseconds since the epoch: when the gate began, and now. */
  readonly beganAt: number;
  readonly now: number;
  /** Restart counts when the gate began, by container id. */
  readonly restartsBefore: ReadonlyMap<string, number>;
  /** How long a service may take; null or absent: as its healthcheck suggests. */
  readonly deadlineMs?: number | null;
}

const DEFAULT_WINDOW_MS = 10_000;
/** How long a job may run, unless the stack says otherwise. */
export const JOB_DEADLINE_MS = 600_000;
const SLACK_MS = 30_000;

/** Question four: did it work? Pure; `containers` are all of the project's, retained ones are ignored. */
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

function judgeService(
  project: Project,
  serviceName: string,
  containers: readonly ObservedContainer[],
  clock: GateClock,
): Judgement {
  const service = project.services[serviceName];
  const say = (verdict: Verdict, summary: string, container?: ObservedContainer): Judgement => ({
    serviceName,
    verdict,
    summary,
    containerId: container?.id ?? null,
  });
  if (!service || expectedReplicas(service) === 0) return say("healthy", "scaled to 0");
  const late = clock.now - clock.beganAt > (clock.deadlineMs ?? gateDeadlineMs(project, serviceName));
  if (containers.length < expectedReplicas(service)) {
    const summary = `${containers.length} of ${expectedReplicas(service)} containers exist`;
    return say(late ? "unhealthy" : "pending", summary);
  }
  const oneShot = isOneShot(project, serviceName);
  const found = containers.map((container) => ({
    container,
    ...(oneShot ? judgeJob(container) : judgeContainer(service, container, clock)),
  }));
  const failed = found.filter((one) => one.verdict === "unhealthy");
  const tolerated = failed.length <= toleratedFailures(service, found.length);
  const counted = tolerated ? found.filter((one) => one.verdict !== "unhealthy") : found;
  const worst =
    counted.find((one) => one.verdict === "unhealthy") ??
    counted.find((one) => one.verdict === "pending") ??
    counted[0];
  if (!worst) return say("pending", "no container yet");
  if (failed.length > 0 && worst.verdict === "healthy") {
    const [first] = failed;
    return say("healthy", `${failed.length} of ${found.length} failed (${first?.summary}), within max_failure_ratio`);
  }
  if (worst.verdict === "pending" && late)
    return say("unhealthy", `${worst.summary}, beyond its deadline`, worst.container);
  return say(worst.verdict, worst.summary, worst.container);
}

/** Of this many replicas so many may fail. Source: Compose Deploy Specification, `update_config.max_failure_ratio`; never all of them. */
function toleratedFailures(service: Service, replicas: number): number {
  const ratio = service.deploy?.update_config?.max_failure_ratio ?? 0;
  return Math.min(Math.floor(ratio * replicas), replicas - 1);
}

interface Finding {
  readonly verdict: Verdict;
  readonly summary: string;
}

function judgeJob(container: ObservedContainer): Finding {
  if (container.state === "exited" && container.exitCode === 0)
    return { verdict: "healthy", summary: "ended with code 0" };
  if (container.state === "exited" || container.state === "dead") return ended(container);
  if (container.state === "created" && container.error) return { verdict: "unhealthy", summary: container.error };
  return { verdict: "pending", summary: `the job is ${container.state}` };
}

function judgeContainer(service: Service, container: ObservedContainer, clock: GateClock): Finding {
  const restarts = container.restartCount - (clock.restartsBefore.get(container.id) ?? 0);
  if (container.state === "exited" || container.state === "dead") return ended(container);
  if (container.state === "created" && container.error) return { verdict: "unhealthy", summary: container.error };
  if (container.health === "unhealthy") return { verdict: "unhealthy", summary: "its healthcheck fails" };
  const checked = container.health !== "none";
  if (restarts > (checked ? 1 : 0) || (!checked && container.state === "restarting"))
    return restarted(container, restarts);
  if (container.state !== "running") return { verdict: "pending", summary: `is ${container.state}` };
  if (checked) return judgeHealth(container);
  return judgeStability(service, container, clock.now);
}

function judgeHealth(container: ObservedContainer): Finding {
  if (container.health === "healthy") return { verdict: "healthy", summary: "its healthcheck passes" };
  return { verdict: "pending", summary: "its healthcheck has not passed yet" };
}

/** Without a healthcheck: running through the stability window, `deploy.update_config.monitor`, is the only proof there is. */
function judgeStability(service: Service, container: ObservedContainer, now: number): Finding {
  const monitor = service.deploy?.update_config?.monitor;
  const window = monitor ? durationMs(monitor) : DEFAULT_WINDOW_MS;
  const ranFor = container.startedAt ? now - Date.parse(container.startedAt) : 0;
  if (ranFor >= window)
    return { verdict: "healthy", summary: window > 0 ? `ran ${seconds(window)} without a restart` : "is running" };
  return { verdict: "pending", summary: `running, ${seconds(ranFor)} of ${seconds(window)}` };
}

function ended(container: ObservedContainer): Finding {
  const ran =
    container.startedAt && container.finishedAt
      ? Date.parse(container.finishedAt) - Date.parse(container.startedAt)
      : 0;
  const why = container.oomKilled ? ", out of memory" : "";
  return { verdict: "unhealthy", summary: `exited with code ${container.exitCode} after ${seconds(ran)}${why}` };
}

function restarted(container: ObservedContainer, restarts: number): Finding {
  if (restarts < 1) return { verdict: "unhealthy", summary: `keeps restarting, last exit code ${container.exitCode}` };
  const times = restarts === 1 ? "once" : `${restarts} times`;
  return { verdict: "unhealthy", summary: `restarted ${times}, last exit code ${container.exitCode}` };
}

function seconds(milliseconds: number): string {
  return `${Math.max(0, Math.round(milliseconds / 1000))} s`;
}
