import type { TallymanError } from "../error.ts";
import type { Project } from "../project.ts";
import type { Revision } from "../revision.ts";
import type { Drift } from "../stack.ts";
import { failureClass } from "./failure-class.ts";
import type { PassResult } from "./pass.ts";
import type { Rhythm } from "./schedule.ts";

/** What is known of a stack beyond the history. */
export interface LaneView {
  readonly wanted: Revision | null;
  readonly lastGoodPollAt: string | null;
  /** Why the last probe or pass did not come to an end. */
  readonly trouble: TallymanError | null;
  readonly deploying: boolean;
  /** The model that should run, as it was last applied. */
  readonly project: Project | null;
  readonly drift: readonly Drift[];
  readonly settingsDigest: string | null;
}

/** What each pass over a stack leaves for the next to know: gone with the process, and found again by its first pass. */
export class StackMemory {
  #wanted: Revision | null = null;
  #lastGoodPollAt: string | null = null;
  #trouble: TallymanError | null = null;
  #failures = 0;
  #failedAt: Rhythm["failedAt"] = "probe";
  /** The question that a pass has answered for good: as long as it is asked again, the Engine is only looked at. */
  #answered: { readonly key: string; readonly result: PassResult } | null = null;
  #workedOn: string | null = null;
  #settingsDigest: string | null = null;
  #project: Project | null = null;
  #drift: readonly Drift[] = [];
  #isAiling = false;

  view(): LaneView {
    return {
      wanted: this.#wanted,
      lastGoodPollAt: this.#lastGoodPollAt,
      trouble: this.#trouble,
      deploying: this.#workedOn !== null,
      project: this.#project,
      drift: this.#drift,
      settingsDigest: this.#settingsDigest,
    };
  }

  get wanted(): Revision | null {
    return this.#wanted;
  }

  get project(): Project | null {
    return this.#project;
  }

  get trouble(): TallymanError | null {
    return this.#trouble;
  }

  get failures(): number {
    return this.#failures;
  }

  get rhythm(): Omit<Rhythm, "intervalMs" | "random"> {
    return { failures: this.#failures, failedAt: this.#failedAt, retryAfterMs: this.#trouble?.retryAfterMs };
  }

  /** Whether the last answer is good for as long as nothing changes. */
  get hasAnswer(): boolean {
    return this.#answered !== null;
  }

  answerTo(key: string): PassResult | null {
    return this.#answered?.key === key ? this.#answered.result : null;
  }

  /** Nothing differed when the Engine was last looked at. While it was stopped or suspended nobody looked. */
  get wasInSync(): boolean {
    return this.#answered?.result.outcome === "in-sync" && this.#drift.length === 0;
  }

  /** What failed is tried again in its own time, whatever moves on the Engine; unless it was that the Engine did not answer. */
  get waitsOut(): boolean {
    const reason = this.#answered ? undefined : this.#trouble?.reason;
    return reason !== undefined && reason !== "EngineUnreachable" && reason !== "EngineTimeout";
  }

  /** The key of the question that is worked on now. */
  get workedOn(): string | null {
    return this.#workedOn;
  }

  /** While this question is worked on, its containers move because of us. */
  async during<T>(key: string, work: () => Promise<T>): Promise<T> {
    this.#workedOn = key;
    try {
      return await work();
    } finally {
      this.#workedOn = null;
    }
  }

  polled(found: Revision, at: Date): void {
    this.#lastGoodPollAt = at.toISOString();
    if (this.#failedAt === "probe") this.recovered();
    this.#wanted = found;
  }

  asked(settingsDigest: string): void {
    this.#settingsDigest = settingsDigest;
  }

  /** This is what should run from now on. */
  applied(project: Project): void {
    this.#project = project;
    this.#drift = [];
  }

  /** As long as the same question is asked, this is the answer. */
  answered(key: string, result: PassResult): void {
    this.recovered();
    this.#answered = { key, result };
  }

  forgetAnswer(): void {
    this.#answered = null;
  }

  drifted(drift: readonly Drift[]): void {
    this.#drift = drift;
  }

  /** A look found what should run. Returns whether that is news, something having been wrong before. */
  foundNothing(isAiling: boolean): boolean {
    const isNews = this.#trouble !== null || this.#drift.length > 0 || this.#isAiling;
    this.#drift = [];
    this.#isAiling = isAiling;
    this.recovered();
    return isNews;
  }

  /** Once more, and it will be tried again. */
  failed(error: TallymanError, at: "probe" | "deploy"): void {
    this.#failures += 1;
    this.#failedAt = at === "deploy" && failureClass(error.reason, "preparing") === "denied" ? "denied" : at;
    this.#trouble = error;
  }

  recovered(): void {
    this.#failures = 0;
    this.#trouble = null;
  }
}
