import type { ServiceVerdict } from "../deployment.ts";
import type { Engine } from "../engine.ts";
import { TallymanError } from "../error.ts";
import { isRetainedName } from "../label.ts";
import type { ObservedContainer } from "../observed-state.ts";
import type { Project } from "../project.ts";
import type { Clock } from "./clock.ts";
import { type Change, GateMemory } from "./gate-memory.ts";
import { type Judgement, judge } from "./judge.ts";
import { lastExitsOf, withEvidence } from "./verdict-evidence.ts";

/** The slow net under the Engine's events. */
const INSPECT_EVERY_MS = 2_000;
const LOOK_AGAIN_MS = 10;

export interface GateParts {
  readonly engine: Engine;
  readonly clock: Clock;
  /** How long a service may take; null or absent: as its healthcheck suggests. */
  readonly deadlineMs?: number | null;
  /** A former release comes back. */
  readonly returning?: boolean;
  /** What the change did before; absent: nothing. */
  readonly change?: Change;
  /** Called whenever a service's judgement changes, to be shown. */
  readonly onProgress: (judgements: readonly Judgement[]) => void;
}

/**
 * Waits until every service of the project is judged healthy, or one is judged unhealthy. Driven by Engine events, with a slow
 * inspect as a net. `containerIds` are the ones that stand for the project after the change. Rejects only when the signal aborts, the Engine
 * is gone, or somebody removes one of them (EngineFailed).
 */
export async function healthGate(
  project: Project,
  containerIds: readonly string[],
  parts: GateParts,
  signal: AbortSignal,
): Promise<readonly ServiceVerdict[]> {
  const { engine, clock, deadlineMs = null, returning = false } = parts;
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const changes = listen(project.name, engine, until);
  const memory = new GateMemory(clock, parts.change);
  let shown = "";
  let before: readonly ObservedContainer[] = [];
  try {
    for (;;) {
      const changed = changes.next();
      const containers = await inspectAll(containerIds, engine, signal);
      refuseRemoved(containerIds, before, containers);
      before = containers;
      const lastExits = await lastExitsOf(containers, engine, signal);
      const seen = { ...memory.after(containers), lastExits };
      const judgements = judge(project, containers, { ...seen, deadlineMs, returning });
      const text = judgements.map(({ serviceName, verdict, summary }) => [serviceName, verdict, summary]).join("\n");
      if (text !== shown) parts.onProgress(judgements);
      shown = text;
      const failed = judgements.some((one) => one.verdict === "unhealthy");
      if (failed || judgements.every((one) => one.verdict === "healthy")) {
        return await withEvidence(judgements, containers, lastExits, engine, signal);
      }
      await Promise.race([changed, clock.sleep(untilNextLook(judgements), until)]);
      signal.throwIfAborted();
    }
  } finally {
    ended.abort();
  }
}

function untilNextLook(judgements: readonly Judgement[]): number {
  const ends = judgements.flatMap(({ endsInMs }) => endsInMs ?? []);
  return Math.min(INSPECT_EVERY_MS, ...ends.map((ms) => Math.max(LOOK_AGAIN_MS, Math.ceil(ms))));
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

/** What is there of these; a retained one stands for nothing. */
export async function inspectAll(
  ids: readonly string[],
  engine: Engine,
  signal: AbortSignal,
): Promise<readonly ObservedContainer[]> {
  const found = await Promise.all(ids.map((id) => engine.inspect(id, signal)));
  return found.filter((container) => container !== null).filter((container) => !isRetainedName(container.name));
}

/** Nobody here removes what proves itself, and it never comes back under its id: waiting for it would be in vain, and judging it unjust. */
function refuseRemoved(
  ids: readonly string[],
  before: readonly ObservedContainer[],
  now: readonly ObservedContainer[],
): void {
  const removed = before.find(({ id }) => ids.includes(id) && !now.some((one) => one.id === id));
  if (!removed) return;
  throw new TallymanError("EngineFailed", `${removed.name} was removed while it proved itself`, {
    hint: "Somebody else did that; it is made anew by itself.",
  });
}
