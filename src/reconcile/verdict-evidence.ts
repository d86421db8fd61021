import type { Evidence, ServiceVerdict } from "../deployment.ts";
import type { Engine } from "../engine.ts";
import type { ObservedContainer } from "../observed-state.ts";
import type { Judgement } from "./judge.ts";

const LOG_LINES = 100;
const LOG_DEADLINE_MS = 5_000;

/** The judgements with what a person needs to believe them: exit codes, the healthchecks' last results, the last log lines of what failed. */
export async function withEvidence(
  judgements: readonly Judgement[],
  containers: readonly ObservedContainer[],
  lastExits: ReadonlyMap<string, number>,
  engine: Engine,
  signal: AbortSignal,
): Promise<readonly ServiceVerdict[]> {
  return await Promise.all(
    judgements.map(async ({ serviceName, verdict, summary, containerId }) => {
      const own = containers.filter((container) => container.serviceName === serviceName);
      const logTail = verdict === "unhealthy" && containerId ? await tailOf(containerId, engine, signal) : [];
      const evidence: Evidence = {
        exitCodes: own.flatMap(({ id, state, exitCode }) =>
          state === "exited" || state === "restarting" ? exitCode : (lastExits.get(id) ?? []),
        ),
        healthLog: own.flatMap((one) => one.healthLog),
        logTail,
      };
      return { service: serviceName, verdict, summary, evidence };
    }),
  );
}

/** Of containers that restarted and run again: the code with which each ended last. What the Engine has forgotten stays unknown. */
export async function lastExitsOf(
  containers: readonly ObservedContainer[],
  engine: Engine,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const again = containers.filter(({ state, restartCount }) => state === "running" && restartCount > 0);
  const found = await Promise.all(
    again.map(async ({ id, createdAt }) => {
      const codes = await engine.exitCodes(id, createdAt, signal).catch(() => []);
      return codes.slice(-1).map((code) => [id, code] as const);
    }),
  );
  return new Map(found.flat());
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
