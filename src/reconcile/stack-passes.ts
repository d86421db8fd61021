import { asTallymanError, TallymanError } from "../error.ts";
import type { Project } from "../project.ts";
import type { Revision } from "../revision.ts";
import type { Drift, Hold, Stack } from "../stack.ts";
import type { Variables } from "../variable.ts";
import type { Ailment } from "./ailing.ts";
import { Announcer } from "./announcer.ts";
import { keepsDrifting, lookForDrift, REPAIRS_ALLOWED } from "./drift.ts";
import { failureClass } from "./failure-class.ts";
import { keepRelease } from "./keep-release.ts";
import type { PassParts, PassResult, PassTrigger } from "./pass.ts";
import { reconcile } from "./reconcile.ts";
import type { Rhythm } from "./schedule.ts";
import { settingsDigest } from "./stack-settings.ts";

const PROBE_DEADLINE_MS = 60_000;

/** What is known of a stack beyond the history: gone with the process, and found again by its first pass. */
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

/** Everything that decides what a pass would answer; while it stays the same, no pass is needed. */
interface Question {
  readonly wanted: Revision;
  readonly variables: Variables;
  readonly key: string;
  readonly isSuspended: boolean;
}

/** One stack's passes, and what each leaves for the next to know. One at a time: the lane sees to that. */
export class StackPasses {
  stack: Stack;
  readonly #parts: PassParts;
  readonly #announcer: Announcer;
  readonly #waitsFor: () => string | null;
  #wanted: Revision | null = null;
  #lastGoodPollAt: string | null = null;
  #trouble: TallymanError | null = null;
  #deploying = false;
  #failures = 0;
  #failedAt: Rhythm["failedAt"] = "probe";
  /** The question that a pass has answered for good: as long as it is asked again, the Engine is only looked at. */
  #answered: { readonly key: string; readonly result: PassResult } | null = null;
  #asked: string | null = null;
  #settingsDigest: string | null = null;
  #previous: Project | null = null;
  #drift: readonly Drift[] = [];
  #isAiling = false;

  /** `waitsFor` names a stack whose verdict must come first, or null. */
  constructor(stack: Stack, parts: PassParts, waitsFor: () => string | null) {
    this.stack = stack;
    this.#parts = parts;
    this.#announcer = new Announcer(parts);
    this.#waitsFor = waitsFor;
  }

  view(): LaneView {
    return {
      wanted: this.#wanted,
      lastGoodPollAt: this.#lastGoodPollAt,
      trouble: this.#trouble,
      deploying: this.#deploying,
      project: this.#previous,
      drift: this.#drift,
      settingsDigest: this.#settingsDigest,
    };
  }

  /** Whether the last answer is good for as long as nothing changes. */
  get hasAnswer(): boolean {
    return this.#answered !== null;
  }

  get rhythm(): Omit<Rhythm, "intervalMs" | "random"> {
    return { failures: this.#failures, failedAt: this.#failedAt, retryAfterMs: this.#trouble?.retryAfterMs };
  }

  /** A pass, or as much of one as its trigger needs. Rejects never: what went wrong is in the result. */
  async pass(trigger: PassTrigger, superseded: AbortSignal, signal: AbortSignal): Promise<PassResult> {
    let question: Question;
    try {
      question = trigger === "drift" && this.#wanted ? await this.#ask(this.#wanted) : await this.#probe(signal);
    } catch (thrown) {
      await this.#keepWhatRuns(trigger, superseded, signal);
      return this.#gaveUp(thrown, "probe", signal);
    }
    if (trigger === "drift" && this.#waitsOut) {
      await this.#keepRelease(question, superseded, signal);
      return { ...interrupted(), outcome: "failed", error: this.#trouble };
    }
    const isRoutine = trigger === "poll" || trigger === "drift";
    if (isRoutine && this.#answered?.key === question.key) {
      return await this.#look(question, this.#answered.result, superseded, signal);
    }
    const result = await this.#attempt(trigger === "drift" ? "poll" : trigger, question, superseded, signal);
    await this.#keepRelease(question, superseded, signal);
    return result;
  }

  /**
   * Whether the pass under way answers a question that nobody asks any more. A suspension comes after the verdict: to change nothing
   * any more in the middle of a deployment would leave a release that was never proven.
   */
  async isOutdated(signal: AbortSignal): Promise<boolean> {
    const asked = this.#asked;
    try {
      const { key, isSuspended } = await this.#probe(signal);
      return key !== asked && !isSuspended;
    } catch {
      return false;
    }
  }

  /** What failed is tried again in its own time, whatever moves on the Engine; unless it was that the Engine did not answer. */
  get #waitsOut(): boolean {
    const reason = this.#answered ? undefined : this.#trouble?.reason;
    return reason !== undefined && reason !== "EngineUnreachable" && reason !== "EngineTimeout";
  }

  /** Beside a commit that waits for its time. */
  async #keepRelease(
    { wanted, variables, key }: Question,
    superseded: AbortSignal,
    signal: AbortSignal,
  ): Promise<void> {
    if (!this.#waitsOut || superseded.aborted || signal.aborted) return;
    const { stack } = this;
    const onApplied = (project: Project): void => this.#noteApplied(project);
    try {
      const pass = { stack, wanted, variables, superseded, onApplied };
      await this.#during(key, () => keepRelease(pass, this.#parts, signal));
    } catch (error) {
      this.#parts.log("warn", "could not look after the release that runs", { stack: stack.name, error });
    }
  }

  async #attempt(
    trigger: PassTrigger,
    question: Question,
    superseded: AbortSignal,
    signal: AbortSignal,
  ): Promise<PassResult> {
    try {
      const other = this.#waitsFor();
      if (other !== null) throw new TallymanError("Busy", `waits for the verdict of stack ${other}`);
      return await this.#settled(question.key, await this.#reconcile(trigger, question, superseded, signal));
    } catch (thrown) {
      if (superseded.aborted && !signal.aborted) return interrupted();
      return this.#gaveUp(thrown, "deploy", signal);
    }
  }

  async #probe(signal: AbortSignal): Promise<Question> {
    const { source, clock, publish } = this.#parts;
    const found = await source.head(this.stack, AbortSignal.any([signal, AbortSignal.timeout(PROBE_DEADLINE_MS)]));
    this.#lastGoodPollAt = clock.now().toISOString();
    if (this.#failedAt === "probe") this.#recovered();
    publish(this.stack.name, { type: "polled", commit: found.commit, changed: found.commit !== this.#wanted?.commit });
    this.#wanted = found;
    return await this.#ask(found);
  }

  async #ask(wanted: Revision): Promise<Question> {
    const variables = await this.#parts.variables.variablesOf(this.stack.name);
    const holds = await this.#parts.holds.holdsOf(this.stack.name);
    this.#settingsDigest = settingsDigest(this.stack, variables);
    const key = [wanted.commit, this.#settingsDigest, ...holds.map(showHold).sort()].join(" ");
    return { wanted, variables, key, isSuspended: holds.some(({ kind }) => kind === "suspended") };
  }

  /** The remote may be away for long: meanwhile what ran last is looked after, and after a start put right. */
  async #keepWhatRuns(trigger: PassTrigger, superseded: AbortSignal, signal: AbortSignal): Promise<void> {
    const release = await this.#parts.history.lastRelease(this.stack.name);
    if (!release || signal.aborted) return;
    const wanted = this.#wanted ?? { commit: release.commit, ref: "HEAD" };
    const question = await this.#ask(wanted);
    if (this.#answered?.key === question.key) await this.#look(question, this.#answered.result, superseded, signal);
    else if (trigger === "start") await this.#attempt("start", question, superseded, signal);
  }

  async #reconcile(
    trigger: PassTrigger,
    { wanted, variables, key }: Question,
    superseded: AbortSignal,
    signal: AbortSignal,
  ): Promise<PassResult> {
    // While it was stopped or suspended nobody looked: the same commit may have to be put right.
    const inSync = this.#answered?.result.outcome === "in-sync" && this.#drift.length === 0;
    this.#answered = null;
    this.#parts.publish(this.stack.name, { type: "pass-started", trigger });
    const { stack } = this;
    const previous = this.#previous ?? (await this.#released());
    const onApplied = (project: Project): void => this.#noteApplied(project);
    const pass = { stack, trigger, wanted, variables, previous, inSync, superseded, onApplied };
    return await this.#during(key, () => reconcile(pass, this.#parts, signal));
  }

  #noteApplied(project: Project): void {
    this.#previous = project;
    this.#drift = [];
  }

  /** While this question is worked on, its containers move because of us. */
  async #during<T>(key: string, work: () => Promise<T>): Promise<T> {
    this.#asked = key;
    this.#deploying = true;
    try {
      return await work();
    } finally {
      this.#deploying = false;
      this.#asked = null;
    }
  }

  async #released(): Promise<Project | null> {
    const release = await this.#parts.history.lastRelease(this.stack.name);
    return release && (await this.#parts.history.releasedProject(release.deploymentId));
  }

  /** Nothing is new: does the Engine still run what the last pass left? Reads only, until there is something to mend. */
  async #look(
    question: Question,
    answer: PassResult,
    superseded: AbortSignal,
    signal: AbortSignal,
  ): Promise<PassResult> {
    await this.#announcer.remind(this.stack.name, answer);
    if (answer.outcome === "suspended" || this.stack.drift === "off") return answer;
    if (answer.outcome === "stopped") return await this.#attempt("poll", question, superseded, signal);
    const project = this.#previous;
    if (!project) return answer;
    const { history } = this.#parts;
    try {
      const release = await history.lastRelease(this.stack.name);
      const { drift, leftovers, ailment } = await lookForDrift(this.stack, project, release, this.#parts, signal);
      if (drift.length === 0 && !leftovers) return await this.#foundNothing(answer, ailment);
      return await this.#mend(question, answer, drift, superseded, signal);
    } catch (thrown) {
      return this.#gaveUp(thrown, "deploy", signal, answer);
    }
  }

  /** What runs is what should run. That it does its work is another question: what turned bad long after its deployment is told. */
  async #foundNothing(answer: PassResult, ailment: Ailment | null): Promise<PassResult> {
    const isNews = this.#trouble !== null || this.#drift.length > 0 || this.#isAiling;
    this.#drift = [];
    this.#isAiling = ailment !== null;
    this.#recovered();
    if (ailment) await this.#announcer.ails(this.stack.name, ailment);
    if (ailment) return answer;
    if (isNews && answer.outcome === "in-sync") await this.#announcer.ended(this.stack.name, answer);
    return answer;
  }

  async #mend(
    question: Question,
    answer: PassResult,
    drift: readonly Drift[],
    superseded: AbortSignal,
    signal: AbortSignal,
  ): Promise<PassResult> {
    const { history, publish, clock } = this.#parts;
    if (drift.length > 0) publish(this.stack.name, { type: "drift-found", differences: drift.length });
    const guarded = keepsDrifting(await history.outline(this.stack.name, REPAIRS_ALLOWED * 2), clock.now());
    if (this.stack.drift === "repair" && !guarded) {
      // Leftovers alone are no drift: a pass that finds nothing to do clears them away, without an entry.
      const result = await this.#attempt(drift.length > 0 ? "drift" : "start", question, superseded, signal);
      if (result.outcome !== "healthy" && result.outcome !== "in-sync") this.#drift = drift;
      return result;
    }
    this.#drift = drift;
    await this.#announcer.drifted(this.stack.name, drift, guarded);
    return { ...answer, outcome: "drifted" };
  }

  /** A pass came to an end; unless its failure may heal by itself, the same question needs no other one. */
  async #settled(key: string, result: PassResult): Promise<PassResult> {
    const kind = result.outcome === "failed" && result.error ? failureClass(result.error.reason, "preparing") : null;
    if (kind === "transient" || kind === "denied") {
      this.#failures += 1;
      this.#failedAt = kind === "denied" ? "denied" : "deploy";
      this.#trouble = result.error;
    } else if (result.outcome !== "interrupted") {
      this.#recovered();
      this.#answered = { key, result: { ...result, outcome: answerOf(result) } };
    }
    this.#tell(result);
    await this.#announcer.ended(this.stack.name, result, this.#failures);
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

  #gaveUp(
    thrown: unknown,
    failedAt: "probe" | "deploy",
    signal: AbortSignal,
    answer: PassResult | null = null,
  ): PassResult {
    const error = asTallymanError(thrown);
    if (signal.aborted) return { ...interrupted(), error };
    this.#failures += 1;
    const isDenied = failedAt === "deploy" && failureClass(error.reason, "preparing") === "denied";
    this.#failedAt = isDenied ? "denied" : failedAt;
    this.#trouble = error;
    // A failed probe says nothing against the last answer: what runs is looked at as soon as the remote is back.
    if (failedAt === "deploy" && !answer) this.#answered = null;
    const { log, publish } = this.#parts;
    log("warn", `${failedAt === "probe" ? "poll" : "pass"} failed: ${error.message}`, {
      stack: this.stack.name,
      reason: error.reason,
    });
    publish(this.stack.name, { type: "poll-failed", reason: error.reason, message: error.message });
    this.#announcer.gaveUp(this.stack.name, error, this.#failures);
    return { outcome: "failed", deploymentId: null, commit: null, error };
  }
}

function interrupted(): PassResult {
  return { outcome: "interrupted", deploymentId: null, commit: null, error: null };
}

function showHold({ kind, deploymentId, revision }: Hold): string {
  return `${kind}:${deploymentId ?? revision?.commit ?? ""}`;
}

/** What later polls of the same question are told. */
function answerOf({ outcome }: PassResult): PassResult["outcome"] {
  if (outcome === "healthy") return "in-sync";
  return outcome === "failed" || outcome === "rolled-back" ? "blocked" : outcome;
}
