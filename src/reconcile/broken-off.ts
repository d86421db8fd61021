import type { ServiceVerdict } from "../deployment.ts";
import type { Engine } from "../engine.ts";
import type { Project } from "../project.ts";
import type { Clock } from "./clock.ts";
import { type Change, GateMemory } from "./gate-memory.ts";
import { inspectAll } from "./health-gate.ts";
import { type Judgement, judgeContainer } from "./judge.ts";
import { lastExitsOf, withEvidence } from "./verdict-evidence.ts";

const DEADLINE_MS = 10_000;

export interface BrokenOff {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly change: Change;
}

/**
 * What became of the containers of a change that broke off: one look, and the evidence of each service that failed, and of the one whose
 * step it was. Empty when the Engine does not answer: that must not delay the way back.
 */
export async function evidenceOf(
  project: Project,
  containerIds: readonly string[],
  brokenService: string | null,
  { engine, clock, change }: BrokenOff,
  signal: AbortSignal,
): Promise<readonly ServiceVerdict[]> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  try {
    const containers = await inspectAll(containerIds, engine, limited);
    const lastExits = await lastExitsOf(containers, engine, limited);
    const seen = { ...new GateMemory(clock, change).after(containers), lastExits };
    const found = containers.map((container) => ({ container, ...judgeContainer(project, container, seen) }));
    const broken = found.filter(
      ({ container, verdict }) => verdict === "unhealthy" || container.serviceName === brokenService,
    );
    const worst = new Map<string, Judgement>();
    for (const { container, verdict, summary } of broken) {
      const { id: containerId, serviceName } = container;
      if (verdict === "unhealthy" || !worst.has(serviceName))
        worst.set(serviceName, { serviceName, verdict: "unhealthy", summary, containerId });
    }
    return await withEvidence([...worst.values()], containers, lastExits, engine, limited);
  } catch {
    return [];
  }
}
