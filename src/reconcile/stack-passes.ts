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
import { StackMemory } from "./stack-memory.ts";
import { settingsDigest } from "./stack-settings.ts";

const PROBE_DEADLINE_MS = 60_000;

/** Everything that decides what a pass would answer; while it stays the same, no pass is needed. */
interface Question {
  readonly wanted: Revision;
  readonly variables: Variables;
  readonly key: string;
  readonly isSuspended: boolean;
}

/** One stack's passes. One at a time: the lane sees to that. */
export class StackPasses {
  stack: Stack;
  readonly memory = new StackMemory();
  readonly #parts: PassParts;
  readonly #announcer: Announcer;
  readonly #waitsFor: () => string | null;

  /** `waitsFor` names a stack whose verdict must come first, or null. */
  constructor(stack: Stack, parts: PassParts, waitsFor: () => string | null) {
    this.stack = stack;
    this.#parts = parts;
    this.#announcer = new Announcer(parts);
    this.#waitsFor = waitsFor;
  }

  /** A pass, or as much of one as its trigger needs. Rejects never: what went wrong is in the result. */
  async pass(trigger: PassTrigger, superseded: AbortSignal, signal: AbortSignal): Promise<PassResult> {
    let question: Question;
    try {
      const { wanted } = this.memory;
      question = trigger === "drift" && wanted ? await this.#ask(wanted) : await this.#probe(signal);
    } catch (thrown) {
      await this.#keepWhatRuns(trigger, superseded, signal);
      return this.#gaveUp(thrown, "probe", signal);
    }
    if (trigger === "drift" && this.memory.waitsOut) {
      await this.#keepRelease(question, superseded, signal);
      return { ...interrupted(), outcome: "failed", error: this.memory.trouble };
    }
    const isRoutine = trigger === "poll" || trigger === "drift";
    const answer = this.memory.answerTo(question.key);
    if (isRoutine && answer) return await this.#look(question, answer, superseded, signal);
    const result = await this.#attempt(trigger === "drift" ? "poll" : trigger, question, superseded, signal);
    await this.#keepRelease(question, superseded, signal);
    return result;
  }

  /**
   * Whether the pass under way answers a question that nobody asks any more. A suspension comes after the verdict: to change nothing
   * any more in the middle of a deployment would leave a release that was never proven.
   */
  async isOutdated(signal: AbortSignal): Promise<boolean> {
    const { workedOn } = this.memory;
    try {
      const { key, isSuspended } = await this.#probe(signal);
      return key !== workedOn && !isSuspended;
    } catch {
      return false;
    }
  }

  /** Beside a commit that waits for its time. */
  async #keepRelease(
    { wanted, variables, key }: Question,
    superseded: AbortSignal,
    signal: AbortSignal,
  ): Promise<void> {
    if (!this.memory.waitsOut || superseded.aborted || signal.aborted) return;
    const { stack } = this;
    const onApplied = (project: Project): void => this.memory.applied(project);
    try {
      const pass = { stack, wanted, variables, superseded, onApplied };
      await this.memory.during(key, () => keepRelease(pass, this.#parts, signal));
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
    const changed = found.commit !== this.memory.wanted?.commit;
    this.memory.polled(found, clock.now());
    publish(this.stack.name, { type: "polled", commit: found.commit, changed });
    return await this.#ask(found);
  }

  async #ask(wanted: Revision): Promise<Question> {
    const variables = await this.#parts.variables.variablesOf(this.stack.name);
    const holds = await this.#parts.holds.holdsOf(this.stack.name);
    const digest = settingsDigest(this.stack, variables);
    this.memory.asked(digest);
    const key = [wanted.commit, digest, ...holds.map(showHold).sort()].join(" ");
    return { wanted, variables, key, isSuspended: holds.some(({ kind }) => kind === "suspended") };
  }

  /** The remote may be away for long: meanwhile what ran last is looked after, and after a start put right. */
  async #keepWhatRuns(trigger: PassTrigger, superseded: AbortSignal, signal: AbortSignal): Promise<void> {
    const release = await this.#parts.history.lastRelease(this.stack.name);
    if (!release || signal.aborted) return;
    const wanted = this.memory.wanted ?? { commit: release.commit, ref: "HEAD" };
    const question = await this.#ask(wanted);
    const answer = this.memory.answerTo(question.key);
    if (answer) await this.#look(question, answer, superseded, signal);
    else if (trigger === "start") await this.#attempt("start", question, superseded, signal);
  }

  async #reconcile(
    trigger: PassTrigger,
    { wanted, variables, key }: Question,
    superseded: AbortSignal,
    signal: AbortSignal,
  ): Promise<PassResult> {
    const inSync = this.memory.wasInSync;
    this.memory.forgetAnswer();
    this.#parts.publish(this.stack.name, { type: "pass-started", trigger });
    const { stack } = this;
    const previous = this.memory.project ?? (await this.#released());
    const onApplied = (project: Project): void => this.memory.applied(project);
    const pass = { stack, trigger, wanted, variables, previous, inSync, superseded, onApplied };
    return await this.memory.during(key, () => reconcile(pass, this.#parts, signal));
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
    const { project } = this.memory;
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
    const isNews = this.memory.foundNothing(ailment !== null);
    if (ailment) await this.#announcer.ails(this.stack.name, ailment);
    else if (isNews && answer.outcome === "in-sync") await this.#announcer.ended(this.stack.name, answer);
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
      if (result.outcome !== "healthy" && result.outcome !== "in-sync") this.memory.drifted(drift);
      return result;
    }
    this.memory.drifted(drift);
    await this.#announcer.drifted(this.stack.name, drift, guarded);
    return { ...answer, outcome: "drifted" };
  }

  /** A pass came to an end; unless its failure may heal by itself, the same question needs no other one. */
  async #settled(key: string, result: PassResult): Promise<PassResult> {
    const error = result.outcome === "failed" ? result.error : null;
    if (error && mayHeal(error)) this.memory.failed(error, "deploy");
    else if (result.outcome !== "interrupted") this.memory.answered(key, { ...result, outcome: answerOf(result) });
    this.#tell(result);
    await this.#announcer.ended(this.stack.name, result, this.memory.failures);
    return result;
  }

  #tell({ outcome, commit, deploymentId, error }: PassResult): void {
    const { log, publish } = this.#parts;
    publish(this.stack.name, { type: "pass-finished", outcome });
    const fields = { stack: this.stack.name, commit, deployment: deploymentId };
    if (error) log("warn", `${outcome}: ${error.message}`, { ...fields, reason: error.reason });
    else log("info", outcome, fields);
  }

  #gaveUp(
    thrown: unknown,
    failedAt: "probe" | "deploy",
    signal: AbortSignal,
    answer: PassResult | null = null,
  ): PassResult {
    const error = asTallymanError(thrown);
    if (signal.aborted) return { ...interrupted(), error };
    this.memory.failed(error, failedAt);
    // A failed probe says nothing against the last answer: what runs is looked at as soon as the remote is back.
    if (failedAt === "deploy" && !answer) this.memory.forgetAnswer();
    const { log, publish } = this.#parts;
    log("warn", `${failedAt === "probe" ? "poll" : "pass"} failed: ${error.message}`, {
      stack: this.stack.name,
      reason: error.reason,
    });
    publish(this.stack.name, { type: "poll-failed", reason: error.reason, message: error.message });
    this.#announcer.gaveUp(this.stack.name, error, this.memory.failures);
    return { outcome: "failed", deploymentId: null, commit: null, error };
  }
}

function interrupted(): PassResult {
  return { outcome: "interrupted", deploymentId: null, commit: null, error: null };
}

/** By itself, without another commit or setting. */
function mayHeal({ reason }: TallymanError): boolean {
  const kind = failureClass(reason, "preparing");
  return kind === "transient" || kind === "denied";
}

function showHold({ kind, deploymentId, revision }: Hold): string {
  return `${kind}:${deploymentId ?? revision?.commit ?? ""}`;
}

/** What later polls of the same question are told. */
function answerOf({ outcome }: PassResult): PassResult["outcome"] {
  if (outcome === "healthy") return "in-sync";
  return outcome === "failed" || outcome === "rolled-back" ? "blocked" : outcome;
}
