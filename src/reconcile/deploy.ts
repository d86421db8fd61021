import type { Deployment, Release, ServiceVerdict } from "../deployment.ts";
import { asTallymanError, TallymanError } from "../error.ts";
import type { NewDeployment } from "../history.ts";
import { observeQuery } from "../plan/planner.ts";
import { startFirstWarnings } from "../plan/rolling-update.ts";
import { isEmpty, type Plan, type PlannedOperation } from "../plan.ts";
import type { Project } from "../project.ts";
import type { Checkout } from "../source.ts";
import type { Stack } from "../stack.ts";
import { applyPlan } from "./apply-plan.ts";
import { evidenceOf } from "./broken-off.ts";
import { DeploymentRecord } from "./deployment-record.ts";
import { failureAction } from "./failure-action.ts";
import { failureClass } from "./failure-class.ts";
import type { Change } from "./gate-memory.ts";
import { healthGate } from "./health-gate.ts";
import { type Loaded, loadCheckout } from "./load-checkout.ts";
import { isOpen, isUnproven } from "./needs-proof.ts";
import type { PassParts } from "./pass.ts";
import { provingContainers, startedContainers } from "./proving-containers.ts";
import { imageIds, repoDigests } from "./release-facts.ts";
import { settle } from "./settle.ts";
import { type Survey, type SurveyOptions, survey } from "./survey.ts";

/** What one attempt starts from. */
export interface Attempt {
  readonly stack: Stack;
  readonly checkout: Checkout;
  readonly begin: NewDeployment;
  readonly options: SurveyOptions;
  /** What the files are interpolated with. */
  readonly environment: Readonly<Record<string, string>>;
  /** The release that is to run again, with its very model when that is still kept; null: what the files ask for. */
  readonly comesBack: { readonly release: Release; readonly project: Project | null } | null;
  /** A release with these inputs runs already: when the files ask for the same, no question goes to the Engine. */
  readonly knownInputs: string | null;
  /** Aborts when a newer commit makes this attempt pointless. Heeded in the gate alone, never in the middle of an operation. */
  readonly superseded: AbortSignal;
  /** The host is not changed any more: others may have their turn. */
  readonly onGate: () => void;
}

export type AttemptResult =
  | { readonly kind: "unchanged"; readonly project: Project }
  | { readonly kind: "healthy"; readonly project: Project; readonly deployment: Deployment }
  | { readonly kind: "superseded"; readonly deployment: Deployment }
  | { readonly kind: "failed"; readonly deployment: Deployment; readonly error: TallymanError };

/**
 * The deployment as a transaction: prepare (nothing that runs is touched) · apply · gate · settle. A failure is recorded and returned,
 * not thrown; going back is the next answer to question one.
 */
export async function deploy(attempt: Attempt, parts: PassParts, signal: AbortSignal): Promise<AttemptResult> {
  const transaction = new Transaction(attempt, parts, signal);
  try {
    return await transaction.run();
  } catch (thrown) {
    return await transaction.ended(thrown);
  }
}

/** One attempt while it is under way: how far it came decides what an error means. */
class Transaction {
  readonly #attempt: Attempt;
  readonly #parts: PassParts;
  readonly #signal: AbortSignal;
  #phase: "preparing" | "applying" = "preparing";
  #record: DeploymentRecord | null = null;
  #project: Project | null = null;
  #change: Change | null = null;
  /** Ids of what the plan under way has created, by operation index. */
  readonly #created = new Map<number, string>();
  /** Of the operation that ended the plan: the service, where it was one's. */
  #brokenService: string | null = null;

  constructor(attempt: Attempt, parts: PassParts, signal: AbortSignal) {
    this.#attempt = attempt;
    this.#parts = parts;
    this.#signal = signal;
  }

  async run(): Promise<AttemptResult> {
    const { knownInputs } = this.#attempt;
    const loaded = await loadCheckout(this.#attempt, this.#parts);
    this.#project = loaded.project;
    if (knownInputs !== null && knownInputs === loaded.inputDigest) return await this.#moveOn(loaded);
    const options = await this.#withBuilds(loaded.project);
    const first = await this.#survey(loaded.project, options);
    if (isEmpty(first.plan)) return await this.#unchanged(loaded, first, options);
    const record = await this.#begin(first.plan);
    const ready = await this.#fetchImages(loaded.project, first, options, record);
    this.#phase = "applying";
    await this.#switchTree(loaded);
    record.enter("apply", counted(ready.plan.operations.length, "operation"));
    await this.#applyAll(loaded.project, ready, record);
    await this.#keepSignalled(ready.plan);
    return await this.#prove(loaded, options, record);
  }

  /** What an error makes of the attempt. Throws what kept it from even beginning, and Interrupted when the process ends. */
  async ended(thrown: unknown): Promise<AttemptResult> {
    if (this.#signal.aborted) {
      await this.#record?.interrupted("the daemon was stopped");
      throw new TallymanError("Interrupted", "the pass was interrupted", { cause: thrown });
    }
    const error = asTallymanError(thrown);
    if (!this.#record && !isRemembered(error)) throw error;
    const { begin, stack } = this.#attempt;
    this.#record ??= await DeploymentRecord.begin(begin, { project: stack.project, operations: [] }, this.#parts);
    return await this.#failed(error, await this.#evidence(), this.#brokenService);
  }

  /** What the containers say that the plan had made or started when it broke off. */
  async #evidence(): Promise<readonly ServiceVerdict[]> {
    if (!this.#project || !this.#change) return [];
    const { engine, clock } = this.#parts;
    const ids = [...new Set([...this.#created.values(), ...this.#change.startedIds])];
    const parts = { engine, clock, change: this.#change };
    return await evidenceOf(this.#project, ids, this.#brokenService, parts, this.#signal);
  }

  async #begin(plan: Plan): Promise<DeploymentRecord> {
    if (this.#attempt.comesBack === null) await this.#parts.checkRoom(this.#signal);
    this.#record = await DeploymentRecord.begin(this.#attempt.begin, plan, this.#parts);
    const warnings = this.#project ? [...this.#project.warnings, ...startFirstWarnings(this.#project)] : [];
    for (const message of warnings) this.#parts.publish(this.#attempt.stack.name, { type: "warning", message });
    return this.#record;
  }

  /** What the checkout's builds would be sent is part of the question whether anything must change. */
  async #withBuilds(project: Project): Promise<SurveyOptions> {
    const { checkout, options } = this.#attempt;
    const contexts = await this.#parts.contextDigests(project, this.#parts.placeOf(checkout), this.#signal);
    return { ...options, builds: { contexts, force: false, pullFirst: false } };
  }

  #survey(project: Project, options: SurveyOptions): Promise<Survey> {
    return survey(this.#attempt.stack, project, options, this.#parts, this.#signal);
  }

  /** Images come first and alone: only with them here is it known which containers differ. */
  async #fetchImages(
    project: Project,
    first: Survey,
    options: SurveyOptions,
    record: DeploymentRecord,
  ): Promise<Survey> {
    const images = first.plan.operations.filter((one) => one.kind === "pull-image" || one.kind === "build-image");
    if (images.length === 0) return first;
    record.enter("prepare", counted(images.length, "image"));
    await this.#apply(project, { ...first, plan: { project: project.name, operations: images } }, record.step);
    const second = await this.#survey(project, { ...options, refreshImages: false });
    await record.continueWith(second.plan);
    return second;
  }

  async #switchTree({ inPlace }: Loaded): Promise<void> {
    const { stack, checkout } = this.#attempt;
    for (const conflict of await this.#parts.source.switchTree(stack, checkout, inPlace, this.#signal)) {
      this.#parts.publish(stack.name, { type: "conflict-saved", ...conflict });
    }
  }

  async #applyAll(project: Project, ready: Survey, record: DeploymentRecord): Promise<void> {
    const beganAtMonotonic = this.#parts.clock.monotonic();
    const { plan } = ready;
    try {
      await this.#apply(project, ready, record.step);
    } finally {
      this.#change = { beganAtMonotonic, startedIds: startedContainers(plan, this.#created) };
    }
  }

  async #apply(
    project: Project,
    { plan, observed }: Pick<Survey, "plan" | "observed">,
    onStep: DeploymentRecord["step"],
  ): Promise<void> {
    const { stack, checkout } = this.#attempt;
    const { engine, clock, publish } = this.#parts;
    const onProgress = (operation: PlannedOperation, text: string): void => {
      if (operation.kind === "pull-image") publish(stack.name, { type: "pull-progress", image: operation.image, text });
      if (operation.kind === "build-image")
        publish(stack.name, { type: "build-progress", image: operation.image, text });
    };
    const onWarning = (message: string): void => publish(stack.name, { type: "warning", message });
    const labels = this.#parts.labelsOf(stack);
    const placeOf = this.#parts.placeOf(checkout);
    const onFailure = (operation: PlannedOperation): void => {
      this.#brokenService = "serviceName" in operation ? operation.serviceName : null;
    };
    const told = { onStep, onProgress, onWarning, onFailure };
    const context = { engine, clock, project, observed, labels, placeOf, created: this.#created };
    await applyPlan(plan, { ...context, ...told }, this.#signal);
  }

  /** What was told by a signal has read its files anew, which no label can say. */
  async #keepSignalled(plan: Plan): Promise<void> {
    const { kept } = this.#parts;
    const known = new Map((await kept.keptOf(this.#attempt.stack.name)).map((one) => [one.containerId, one]));
    for (const operation of plan.operations) {
      if (operation.kind !== "signal-container" || !("id" in operation.container)) continue;
      const { id } = operation.container;
      const former = known.get(id) ?? { containerId: id, configHash: null, tolerated: [] };
      await kept.keep(this.#attempt.stack.name, { ...former, contents: operation.contents });
    }
  }

  async #prove(loaded: Loaded, options: SurveyOptions, record: DeploymentRecord): Promise<AttemptResult> {
    const { stack, checkout, onGate } = this.#attempt;
    const { project } = loaded;
    record.enter("gate", "waiting for every service to prove itself");
    onGate();
    const observed = await this.#parts.engine.observe(observeQuery(project), this.#signal);
    const kept = new Map((await this.#parts.kept.keptOf(stack.name)).map((one) => [one.containerId, one]));
    const ids = provingContainers(project, observed, { ...options.basis, kept });
    const verdicts = await this.#gate(project, ids, record);
    if (verdicts === null) {
      await record.interrupted("a newer commit came before its verdict");
      return { kind: "superseded", deployment: record.deployment };
    }
    const broken = whatBroke(verdicts);
    if (broken) return await this.#failed(notHealthy(broken), verdicts, broken.service);
    const former = this.#attempt.comesBack?.release.repoDigests ?? {};
    const deployment = await record.healthy(verdicts, {
      imageDigests: imageIds(project, observed),
      repoDigests: repoDigests(project, observed, former),
      inputDigest: loaded.inputDigest,
      project,
    });
    await settle({ stack, checkout, project, options, madeSince: deployment.startedAt }, this.#parts, this.#signal);
    return { kind: "healthy", project, deployment };
  }

  /** Null when a newer commit ended the wait. */
  async #gate(
    project: Project,
    ids: readonly string[],
    record: DeploymentRecord,
  ): Promise<readonly ServiceVerdict[] | null> {
    const { stack, superseded } = this.#attempt;
    const { engine, clock } = this.#parts;
    const { returning = false } = this.#attempt.options;
    const change = this.#change ? { change: this.#change } : {};
    const parts = { engine, clock, deadlineMs: stack.gateTimeoutMs, returning, ...change, onProgress: record.judged };
    const until = AbortSignal.any([this.#signal, superseded]);
    try {
      return await healthGate(project, ids, parts, until);
    } catch (thrown) {
      if (superseded.aborted && !this.#signal.aborted) return null;
      throw thrown;
    }
  }

  /** Nothing to do for the containers: the release moves on to this commit, and leftovers of a crash go. */
  async #unchanged(loaded: Loaded, found: Survey, options: SurveyOptions): Promise<AttemptResult> {
    const { stack, checkout, begin, comesBack } = this.#attempt;
    const { history } = this.#parts;
    const { project } = loaded;
    const release = await history.lastRelease(stack.name);
    if (!release || (await isOpen(begin, history)) || (!comesBack && (await isUnproven(begin, history)))) {
      const record = await this.#begin(found.plan);
      await this.#switchTree(loaded);
      return await this.#prove(loaded, options, record);
    }
    if (release.commit !== begin.commit.commit || release.settingsDigest !== begin.settingsDigest)
      return await this.#moveOn(loaded);
    await settle({ stack, checkout, project, options, madeSince: null }, this.#parts, this.#signal);
    return { kind: "unchanged", project };
  }

  /** What runs is what this commit asks for as well. */
  async #moveOn(loaded: Loaded): Promise<AttemptResult> {
    const { stack, checkout, begin } = this.#attempt;
    await this.#switchTree(loaded);
    await this.#parts.history.advance(stack.name, begin.commit, begin.settingsDigest);
    await this.#parts.source.keep(stack, checkout);
    return { kind: "unchanged", project: loaded.project };
  }

  async #failed(
    error: TallymanError,
    verdicts: readonly ServiceVerdict[],
    serviceName: string | null,
  ): Promise<AttemptResult> {
    const record = this.#record;
    if (!record) throw error;
    const failure = failureClass(error.reason, this.#phase);
    const action = failure === "unhealthy" ? failureAction(this.#attempt.stack, this.#project, serviceName) : null;
    return { kind: "failed", deployment: await record.failed(failure, error, verdicts, action), error };
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** What the commit itself got wrong gets its row even when nothing began; an Engine that is away is no attempt. */
function isRemembered(error: TallymanError): boolean {
  return failureClass(error.reason, "preparing") === "rejected";
}

/** The service to name: one that failed, before one that was merely not done yet when the other ended the wait. */
function whatBroke(verdicts: readonly ServiceVerdict[]): ServiceVerdict | undefined {
  return verdicts.find((one) => one.verdict === "unhealthy") ?? verdicts.find((one) => one.verdict === "pending");
}

function notHealthy({ service, summary }: ServiceVerdict): TallymanError {
  return new TallymanError("NotHealthy", `${service}: ${summary}`, {
    hint: "Its last log lines are kept with the deployment. Mend it and push a new commit; a changed setting or variable lifts the block as well.",
  });
}
