import type { Evidence, ServiceVerdict } from "../deployment.ts";
import type { Engine } from "../engine.ts";
import { isRetainedName } from "../label.ts";
import type { ObservedContainer } from "../observed-state.ts";
import type { Project } from "../project.ts";
import type { Clock } from "./clock.ts";
import { type Judgement, judge } from "./judge.ts";

/** The slow net under the Engine's events. */
const INSPECT_EVERY_MS = 2_000;
const LOG_LINES = 100;
const LOG_DEADLINE_MS = 5_000;

export interface GateParts {
  readonly engine: Engine;
  readonly clock: Clock;
  /** How long a service may take; null or absent: as its healthcheck suggests. */
  readonly deadlineMs?: number | null;
  /** Called whenever a service's judgement changes, to be shown. */
  readonly onProgress: (judgements: readonly Judgement[]) => void;
}

/**
 * Waits until every service of the project is judged healthy, or one is judged unhealthy. Driven by Engine events, with a slow
 * inspect as a net. `containerIds` are the project's serving containers after the change. Rejects only when the signal aborts or the Engine is gone.
 */
export async function healthGate(
  project: Project,
  containerIds: readonly string[],
  parts: GateParts,
  signal: AbortSignal,
): Promise<readonly ServiceVerdict[]> {
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const changes = listen(project.name, parts.engine, until);
  const beganAt = parts.clock.now().getTime();
  // Containers bear the wall clock's times; waiting itself goes by the clock that nobody sets back.
  const offset = beganAt - parts.clock.monotonic();
  const restartsBefore = new Map<string, number>();
  let shown = "";
  try {
    for (;;) {
      const changed = changes.next();
      const containers = await inspectAll(containerIds, parts.engine, signal);
      for (const one of containers) if (!restartsBefore.has(one.id)) restartsBefore.set(one.id, one.restartCount);
      const now = parts.clock.monotonic() + offset;
      const judgements = judge(project, containers, { beganAt, now, restartsBefore, deadlineMs: parts.deadlineMs });
      const text = JSON.stringify(judgements);
      if (text !== shown) parts.onProgress(judgements);
      shown = text;
      const failed = judgements.some((one) => one.verdict === "unhealthy");
      if (failed || judgements.every((one) => one.verdict === "healthy")) {
        return await withEvidence(judgements, containers, parts.engine, signal);
      }
      await Promise.race([changed, parts.clock.sleep(INSPECT_EVERY_MS, until)]);
      signal.throwIfAborted();
    }
  } finally {
    ended.abort();
  }
}

/** `next()` resolves at the first change after the call; a cut event stream only means that the slow net is on its own. */
function listen(project: string, engine: Engine, signal: AbortSignal): { next(): Promise<void> } {
  let waiting = Promise.withResolvers<void>();
  const follow = async (): Promise<void> => {
    for await (const _ of engine.changes(project, signal)) waiting.resolve();
  };
  follow().catch(() => undefined);
  return {
    next() {
      waiting = Promise.withResolvers<void>();
      return waiting.promise;
    },
  };
}

async function inspectAll(
  ids: readonly string[],
  engine: Engine,
  signal: AbortSignal,
): Promise<readonly ObservedContainer[]> {
  const found = await Promise.all(ids.map((id) => engine.inspect(id, signal)));
  return found.filter((container) => container !== null).filter((container) => !isRetainedName(container.name));
}

async function withEvidence(
  judgements: readonly Judgement[],
  containers: readonly ObservedContainer[],
  engine: Engine,
  signal: AbortSignal,
): Promise<readonly ServiceVerdict[]> {
  return await Promise.all(
    judgements.map(async ({ serviceName, verdict, summary, containerId }) => {
      const own = containers.filter((container) => container.serviceName === serviceName);
      const logTail = verdict === "unhealthy" && containerId ? await tailOf(containerId, engine, signal) : [];
      const evidence: Evidence = {
        exitCodes: own.filter((one) => one.state === "exited" || one.restartCount > 0).map((one) => one.exitCode),
        healthLog: own.flatMap((one) => one.healthLog),
        logTail,
      };
      return { service: serviceName, verdict, summary, evidence };
    }),
  );
}

/** The last lines a container wrote; none when it is gone or the Engine does not answer in time: evidence must not delay the way back. */
async function tailOf(containerId: string, engine: Engine, signal: AbortSignal): Promise<readonly string[]> {
  const lines: string[] = [];
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(LOG_DEADLINE_MS)]);
    for await (const line of engine.logs(containerId, { tail: LOG_LINES }, limited))
      lines.push(`${line.at} ${line.text}`);
  } catch {
    return lines;
  }
  return lines.slice(-LOG_LINES);
}
