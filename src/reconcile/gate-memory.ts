import type { ObservedContainer } from "../observed-state.ts";
import type { Clock } from "./clock.ts";
import type { GateClock } from "./judge.ts";

/** The change whose outcome is judged: every restart since then counts against the containers that it started. */
export interface Change {
  readonly beganAtMonotonic: number;
  readonly startedIds: readonly string[];
}

/** What only several looks together tell. Containers bear the wall clock's times; waiting goes by the clock that nobody sets back. */
export class GateMemory {
  readonly #clock: Clock;
  readonly #beganAt: number;
  readonly #offset: number;
  readonly #restartsBefore: Map<string, number>;
  readonly #startedAfter: ReadonlyMap<string, number>;
  readonly #seen = new Map<string, { readonly startedAt: string | null; readonly since: number }>();

  constructor(clock: Clock, change?: Change) {
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
