import type { Stack } from "../stack.ts";
import type { PassParts, PassResult, PassTrigger } from "./pass.ts";
import { nextDelayMs } from "./schedule.ts";
import type { LaneView } from "./stack-memory.ts";
import { StackPasses } from "./stack-passes.ts";

interface Waiter {
  readonly trigger: PassTrigger;
  readonly resolve: (result: PassResult) => void;
}

/** One stack's own line of passes: at most one at a time, triggers that arrive meanwhile become one more pass. */
export class Lane {
  readonly #parts: PassParts;
  readonly #passes: StackPasses;
  readonly #stopping = new AbortController();
  #waiters: Waiter[] = [];
  #wake = Promise.withResolvers<void>();
  #turn: Promise<unknown> = Promise.resolve();
  #living: Promise<void> | null = null;
  /** When the next pass is made unasked, by the clock that only goes forward. */
  #due = 0;

  /** `waitsFor` names a stack whose verdict must come first, or null. */
  constructor(stack: Stack, parts: PassParts, waitsFor: () => string | null = () => null) {
    this.#parts = parts;
    this.#passes = new StackPasses(stack, parts, waitsFor);
  }

  get stack(): Stack {
    return this.#passes.stack;
  }

  /** Goes on with other settings from the next pass on, which is asked for. */
  async edit(stack: Stack): Promise<PassResult> {
    this.#passes.stack = stack;
    return await this.run("settings");
  }

  start(): void {
    this.#living ??= this.#live();
  }

  /** Ends the lane; an operation under way is awaited, nothing more is begun. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#living;
    await this.#turn.catch(() => undefined);
  }

  /** Asks for a pass and resolves with what came of it. */
  async run(trigger: PassTrigger): Promise<PassResult> {
    if (this.#stopping.signal.aborted) return ENDED;
    const { promise, resolve } = Promise.withResolvers<PassResult>();
    this.#waiters.push({ trigger, resolve });
    this.#wake.resolve();
    return await promise;
  }

  /** Does something that must not meet a pass of the same stack. */
  exclusively<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const mine = this.#turn.catch(() => undefined).then(() => work(this.#stopping.signal));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  view(): LaneView {
    return this.#passes.memory.view();
  }

  /** Whether a verdict on the wanted revision is still to come. */
  get isUndecided(): boolean {
    return !this.#passes.memory.hasAnswer;
  }

  async #live(): Promise<void> {
    const { signal } = this.#stopping;
    let own: PassTrigger | null = "start";
    while (!signal.aborted) {
      const waiters = this.#waiters;
      this.#waiters = [];
      this.#wake = Promise.withResolvers();
      const trigger = strongest(own, waiters);
      const { failures } = this.#passes.memory.rhythm;
      const result = await this.exclusively(() => this.#attended(trigger));
      this.#plan(trigger, failures, result);
      for (const waiter of waiters) waiter.resolve(result);
      if (this.#waiters.length === 0) await this.#rest();
      own = this.#parts.clock.monotonic() >= this.#due || this.#waiters.length === 0 ? "poll" : null;
    }
    for (const waiter of this.#waiters) waiter.resolve(ENDED);
  }

  /** A look that changed nothing moves neither the next poll nor a retry: containers that keep dying would put them off for ever. */
  #plan(trigger: PassTrigger, failuresBefore: number, { outcome }: PassResult): void {
    const { clock } = this.#parts;
    const { rhythm } = this.#passes.memory;
    if (trigger === "drift" && rhythm.failures === failuresBefore) return;
    const delay = nextDelayMs({ intervalMs: this.stack.intervalMs, random: clock.random(), ...rhythm });
    this.#due = clock.monotonic() + (outcome === "interrupted" ? 0 : delay);
  }

  /** A pass beside which the remote is still polled: what a newer commit makes pointless need not be waited for. */
  async #attended(trigger: PassTrigger): Promise<PassResult> {
    const superseded = new AbortController();
    const over = new AbortController();
    const watching = this.#watch(superseded, AbortSignal.any([this.#stopping.signal, over.signal]));
    try {
      return await this.#passes.pass(trigger, superseded.signal, this.#stopping.signal);
    } finally {
      over.abort();
      await watching;
    }
  }

  async #watch(superseded: AbortController, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !superseded.signal.aborted) {
      await this.#sleep(this.stack.intervalMs, signal);
      if (signal.aborted || !this.view().deploying) return;
      if (await this.#passes.isOutdated(signal)) superseded.abort();
      // Who asked meanwhile waits for the next pass; this one was woken by it once.
      this.#wake = Promise.withResolvers();
    }
  }

  async #rest(): Promise<void> {
    await this.#sleep(Math.max(0, this.#due - this.#parts.clock.monotonic()), this.#stopping.signal);
  }

  /** Until the time is over, somebody asks for a pass, or the signal aborts. */
  async #sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    await Promise.race([
      this.#parts.clock.sleep(milliseconds, AbortSignal.any([signal, woken.signal])),
      this.#wake.promise,
    ]);
    woken.abort();
  }
}

const ENDED: PassResult = { outcome: "interrupted", deploymentId: null, commit: null, error: null };

/** Of several reasons for a pass the one that may do most. */
function strongest(own: PassTrigger | null, waiters: readonly Waiter[]): PassTrigger {
  const triggers = [own, ...waiters.map((waiter) => waiter.trigger)];
  const weight: readonly PassTrigger[] = [
    "deploy",
    "retry",
    "start",
    "rollback",
    "settings",
    "commit",
    "poll",
    "drift",
  ];
  return weight.find((trigger) => triggers.includes(trigger)) ?? "poll";
}
