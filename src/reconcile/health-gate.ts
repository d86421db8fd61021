import type { Evidence, ServiceVerdict } from "../deployment.ts";
import type { Engine } from "../engine.ts";
import { TallymanError } from "../error.ts";
import { isRetainedName } from "../label.ts";
import type { ObservedContainer } from "../observed-state.ts";
import type { Project } from "../project.ts";
import type { Clock } from "./clock.ts";
import { type GateClock, type Judgement, judge, judgeContainer } from "./judge.ts";

/** The slow net under the Engine's events. */
const INSPECT_EVERY_MS = 2_000;
const LOOK_AGAIN_MS = 10;
const LOG_LINES = 100;
const LOG_DEADLINE_MS = 5_000;
const EVIDENCE_DEADLINE_MS = 10_000;

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

/** The change whose outcome is judged: every restart since then counts against the containers that it started. */
export interface Change {
  readonly beganAtMonotonic: number;
  readonly startedIds: readonly string[];
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
  const memory = new GateMemory(parts);
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

/** What only several looks together tell. Containers bear the wall clock's times; waiting goes by the clock that nobody sets back. */
class GateMemory {
  readonly #clock: Clock;
  readonly #beganAt: number;
  readonly #offset: number;
  readonly #restartsBefore: Map<string, number>;
  readonly #startedAfter: ReadonlyMap<string, number>;
  readonly #seen = new Map<string, { readonly startedAt: string | null; readonly since: number }>();

  constructor({ clock, change }: GateParts) {
    this.#clock = clock;
    this.#beganAt = clock.now().getTime();
    this.#offset = this.#beganAt - clock.monotonic();
    const started = change?.startedIds ?? [];
    this.#restartsBefore = new Map(started.map((id) => [id, 0]));
    this.#startedAfter = new Map(started.map((id) => [id, (change?.beganAtMonotonic ?? 0) + this.#offset]));
  }

  after(containers: readonly ObservedContainer[]): GateClock {
    const now = this.#clock.monotonic() + this.#offset;
    for (const { id, restartCount, startedAt, state } of containers) {
      // A start by hand sets the Engine's count back.
      this.#restartsBefore.set(id, Math.min(this.#restartsBefore.get(id) ?? restartCount, restartCount));
      const seen = this.#seen.get(id);
      if (state !== "running") this.#seen.delete(id);
      else if (seen?.startedAt !== startedAt) this.#seen.set(id, { startedAt, since: now });
    }
    const seenSince = new Map([...this.#seen].map(([id, { since }]) => [id, since]));
    const { restartsBefore, startedAfter } = { restartsBefore: this.#restartsBefore, startedAfter: this.#startedAfter };
    return { beganAt: this.#beganAt, now, restartsBefore, seenSince, startedAfter };
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

async function inspectAll(
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

/** Of containers that restarted and run again: the code with which each ended last. What the Engine has forgotten stays unknown. */
async function lastExitsOf(
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

async function withEvidence(
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

/**
 * What became of the containers of a change that broke off: one look, and the evidence of each service that failed, and of the one whose
 * step it was. Empty when the Engine does not answer: that must not delay the way back.
 */
export async function evidenceOf(
  project: Project,
  containerIds: readonly string[],
  brokenService: string | null,
  parts: Pick<GateParts, "engine" | "clock" | "change">,
  signal: AbortSignal,
): Promise<readonly ServiceVerdict[]> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(EVIDENCE_DEADLINE_MS)]);
  try {
    const containers = await inspectAll(containerIds, parts.engine, limited);
    const lastExits = await lastExitsOf(containers, parts.engine, limited);
    const memory = new GateMemory({ ...parts, onProgress: () => undefined });
    const clock = { ...memory.after(containers), lastExits };
    const found = containers.map((container) => ({ container, ...judgeContainer(project, container, clock) }));
    const broken = found.filter(
      ({ container, verdict }) => verdict === "unhealthy" || container.serviceName === brokenService,
    );
    const worst = new Map<string, Judgement>();
    for (const { container, verdict, summary } of broken) {
      const { id: containerId, serviceName } = container;
      if (verdict === "unhealthy" || !worst.has(serviceName))
        worst.set(serviceName, { serviceName, verdict: "unhealthy", summary, containerId });
    }
    return await withEvidence([...worst.values()], containers, lastExits, parts.engine, limited);
  } catch {
    return [];
  }
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
