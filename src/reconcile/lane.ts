import { asTallymanError, type TallymanError } from "../error.ts";
import type { Project } from "../project.ts";
import type { Revision } from "../revision.ts";
import type { Stack } from "../stack.ts";
import { failureClass } from "./failure-class.ts";
import type { PassParts, PassResult, PassTrigger } from "./pass.ts";
import { reconcile } from "./reconcile.ts";
import { nextDelayMs } from "./schedule.ts";
import { settingsDigest } from "./stack-settings.ts";

const PROBE_DEADLINE_MS = 60_000;

/** What a lane knows beyond the history: gone with the process, and found again by its first pass. */
export interface LaneView {
  readonly wanted: Revision | null;
  readonly lastGoodPollAt: string | null;
  /** Why the last probe or pass did not come to an end. */
  readonly trouble: TallymanError | null;
  readonly deploying: boolean;
}

interface Waiter {
  readonly trigger: PassTrigger;
  readonly resolve: (result: PassResult) => void;
}

/** One stack's own line of passes: at most one at a time, triggers that arrive meanwhile become one more pass. */
export class Lane {
  readonly stack: Stack;
  readonly #parts: PassParts;
  readonly #stopping = new AbortController();
  #waiters: Waiter[] = [];
  #wake = Promise.withResolvers<void>();
  #turn: Promise<unknown> = Promise.resolve();
  #living: Promise<void> | null = null;
  #wanted: Revision | null = null;
  #lastGoodPollAt: string | null = null;
  #trouble: TallymanError | null = null;
  #deploying = false;
  #failures = 0;
  #failedAt: "probe" | "deploy" = "probe";
  /** Commit + settings that a pass has answered for good: a poll that finds the same does nothing at all. */
  #answered: { readonly key: string; readonly result: PassResult } | null = null;
  #previous: Project | null = null;

  constructor(stack: Stack, parts: PassParts) {
    this.stack = stack;
    this.#parts = parts;
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
    if (this.#stopping.signal.aborted) return this.#gaveUp(this.#stopping.signal.reason, "probe");
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
    return {
      wanted: this.#wanted,
      lastGoodPollAt: this.#lastGoodPollAt,
      trouble: this.#trouble,
      deploying: this.#deploying,
    };
  }

  async #live(): Promise<void> {
    const { signal } = this.#stopping;
    let trigger: PassTrigger = "start";
    while (!signal.aborted) {
      const waiters = this.#waiters;
      this.#waiters = [];
      this.#wake = Promise.withResolvers();
      const result = await this.exclusively(() => this.#pass(strongest(trigger, waiters)));
      for (const waiter of waiters) waiter.resolve(result);
      if (this.#waiters.length === 0) await this.#rest();
      trigger = "poll";
    }
    for (const waiter of this.#waiters) waiter.resolve(this.#gaveUp(signal.reason, "probe"));
  }

  async #rest(): Promise<void> {
    const { clock } = this.#parts;
    const delay = nextDelayMs({
      intervalMs: this.stack.intervalMs,
      failures: this.#failures,
      failedAt: this.#failedAt,
      retryAfterMs: this.#trouble?.retryAfterMs,
      random: clock.random(),
    });
    const rested = new AbortController();
    await Promise.race([
      clock.sleep(delay, AbortSignal.any([this.#stopping.signal, rested.signal])),
      this.#wake.promise,
    ]);
    rested.abort();
  }

  async #pass(trigger: PassTrigger): Promise<PassResult> {
    const { signal } = this.#stopping;
    try {
      this.#wanted = await this.#probe(signal);
    } catch (thrown) {
      return this.#gaveUp(thrown, "probe");
    }
    const key = `${this.#wanted.commit} ${settingsDigest(this.stack)}`;
    if (trigger === "poll" && this.#answered?.key === key) return this.#answered.result;
    try {
      return this.#settled(key, await this.#reconcile(trigger, this.#wanted, signal));
    } catch (thrown) {
      return this.#gaveUp(thrown, "deploy");
    }
  }

  async #probe(signal: AbortSignal): Promise<Revision> {
    const { source, clock, publish } = this.#parts;
    const found = await source.head(this.stack, AbortSignal.any([signal, AbortSignal.timeout(PROBE_DEADLINE_MS)]));
    this.#lastGoodPollAt = clock.now().toISOString();
    if (this.#failedAt === "probe") this.#recovered();
    publish(this.stack.name, { type: "polled", commit: found.commit, changed: found.commit !== this.#wanted?.commit });
    return found;
  }

  async #reconcile(trigger: PassTrigger, wanted: Revision, signal: AbortSignal): Promise<PassResult> {
    const onApplied = (project: Project): void => {
      this.#previous = project;
    };
    this.#deploying = true;
    this.#parts.publish(this.stack.name, { type: "pass-started", trigger });
    try {
      return await reconcile(
        { stack: this.stack, trigger, wanted, previous: this.#previous, onApplied },
        this.#parts,
        signal,
      );
    } finally {
      this.#deploying = false;
    }
  }

  /** A pass came to an end; unless its failure may heal by itself, the same key needs no other one. */
  #settled(key: string, result: PassResult): PassResult {
    const kind = result.outcome === "failed" && result.error ? failureClass(result.error.reason, "preparing") : null;
    if (kind === "transient" || kind === "denied") {
      this.#failures += 1;
      this.#failedAt = "deploy";
      this.#trouble = result.error;
      this.#answered = null;
    } else {
      this.#recovered();
      this.#answered = {
        key,
        result: { ...result, outcome: result.outcome === "healthy" ? "in-sync" : answerOf(result) },
      };
    }
    this.#tell(result);
    return result;
  }

  #tell({ outcome, commit, deploymentId, error }: PassResult): void {
    const { log, publish } = this.#parts;
    publish(this.stack.name, { type: "pass-finished", outcome });
    const fields = { stack: this.stack.name, commit, deployment: deploymentId };
    if (error) log("warn", `${outcome}: ${error.message}`, { ...fields, reason: error.reason });
    else log("info", outcome, fields);
  }

  #recovered(): void {
    this.#failures = 0;
    this.#trouble = null;
  }

  #gaveUp(thrown: unknown, failedAt: "probe" | "deploy"): PassResult {
    const error = asTallymanError(thrown);
    if (this.#stopping.signal.aborted) return { outcome: "interrupted", deploymentId: null, commit: null, error };
    this.#failures += 1;
    this.#failedAt = failedAt;
    this.#trouble = error;
    this.#answered = null;
    this.#parts.log("warn", `${failedAt === "probe" ? "poll" : "pass"} failed: ${error.message}`, {
      stack: this.stack.name,
      reason: error.reason,
    });
    this.#parts.publish(this.stack.name, { type: "poll-failed", reason: error.reason, message: error.message });
    return { outcome: "failed", deploymentId: null, commit: null, error };
  }
}

/** What later polls of the same commit are told. */
function answerOf({ outcome }: PassResult): PassResult["outcome"] {
  return outcome === "failed" || outcome === "rolled-back" ? "blocked" : outcome;
}

function strongest(own: PassTrigger, waiters: readonly Waiter[]): PassTrigger {
  const triggers = [own, ...waiters.map((waiter) => waiter.trigger)];
  return (
    triggers.find((one) => one === "deploy" || one === "retry") ?? triggers.find((one) => one !== "poll") ?? "poll"
  );
}
