import type { Deployment, ServiceVerdict } from "../deployment.ts";
import { asTallymanError, TallymanError } from "../error.ts";
import type { NewDeployment } from "../history.ts";
import { isRetainedName } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import { observeQuery, type PlanOptions, plan } from "../plan/planner.ts";
import { isEmpty, type Plan, type PlannedOperation } from "../plan.ts";
import { imageOf, type Project } from "../project.ts";
import type { Checkout } from "../source.ts";
import type { Stack } from "../stack.ts";
import { applyPlan } from "./apply-plan.ts";
import { DeploymentRecord } from "./deployment-record.ts";
import { failureClass } from "./failure-class.ts";
import { healthGate } from "./health-gate.ts";
import type { PassParts } from "./pass.ts";
import { loadRequestOf } from "./stack-settings.ts";

/** What one attempt starts from. */
export interface Attempt {
  readonly stack: Stack;
  readonly checkout: Checkout;
  readonly begin: NewDeployment;
  readonly options: PlanOptions;
}

export type AttemptResult =
  | { readonly kind: "unchanged"; readonly project: Project }
  | { readonly kind: "healthy"; readonly project: Project; readonly deployment: Deployment }
  | { readonly kind: "failed"; readonly deployment: Deployment; readonly error: TallymanError };

/**
 * The deployment as a transaction: prepare (nothing that runs is touched) · apply · gate · settle. A failure is recorded and returned,
 * not thrown; going back is the next answer to question one.
 */
export async function deploy(given: Attempt, parts: PassParts, signal: AbortSignal): Promise<AttemptResult> {
  const { stack } = given;
  let attempt = given;
  let phase: "preparing" | "applying" = "preparing";
  let record: DeploymentRecord | null = null;
  try {
    const project = load(attempt, parts);
    attempt = await withBuilds(given, project, parts, signal);
    const first = await observeAndPlan(project, attempt.options, parts, signal);
    if (isEmpty(first.plan)) return await unchanged(attempt, project, parts, signal);
    record = await DeploymentRecord.begin(attempt.begin, first.plan, parts);
    const ready = await fetchImages(attempt, project, first, record, parts, signal);
    phase = "applying";
    await switchTree(attempt, parts, signal);
    record.enter("apply", `${ready.plan.operations.length} operations`);
    await apply(attempt, project, ready, record, parts, signal);
    record.enter("gate", "waiting for every service to prove itself");
    const { verdicts, observed } = await gate(project, record, parts, signal);
    const broken = whatBroke(verdicts);
    if (broken) return await failed(notHealthy(broken), record, verdicts, "applying");
    const deployment = await record.healthy(verdicts, imageIds(project, observed));
    await settle(attempt, project, parts, signal);
    return { kind: "healthy", project, deployment };
  } catch (thrown) {
    if (signal.aborted) throw await interrupted(record, thrown);
    const error = asTallymanError(thrown);
    if (!record && !isRemembered(error)) throw error;
    record ??= await DeploymentRecord.begin(attempt.begin, { project: stack.project, operations: [] }, parts);
    return await failed(error, record, [], phase);
  }
}

/** What the commit itself got wrong gets its row even when nothing began; an Engine that is away is no attempt. */
function isRemembered(error: TallymanError): boolean {
  return failureClass(error.reason, "preparing") === "rejected";
}

interface Prepared {
  readonly observed: ObservedState;
  readonly plan: Plan;
}

function load({ stack, checkout }: Attempt, parts: PassParts): Project {
  const project = parts.load(parts.filesOf(checkout), loadRequestOf(stack, checkout.live));
  parts.checkSupported(project);
  return project;
}

/** What the checkout's builds would be sent is part of the question whether anything must change. */
async function withBuilds(attempt: Attempt, project: Project, parts: PassParts, signal: AbortSignal): Promise<Attempt> {
  const contexts = await parts.contextDigests(project, parts.placeOf(attempt.checkout), signal);
  return { ...attempt, options: { ...attempt.options, builds: { contexts, force: false, pullFirst: false } } };
}

async function observeAndPlan(
  project: Project,
  options: PlanOptions,
  parts: PassParts,
  signal: AbortSignal,
): Promise<Prepared> {
  const observed = await parts.engine.observe(observeQuery(project, options.basis.pins), signal);
  return { observed, plan: plan(project, observed, options) };
}

/** Images come first and alone: only with them here is it known which containers differ. */
async function fetchImages(
  attempt: Attempt,
  project: Project,
  first: Prepared,
  record: DeploymentRecord,
  parts: PassParts,
  signal: AbortSignal,
): Promise<Prepared> {
  const images = first.plan.operations.filter((one) => one.kind === "pull-image" || one.kind === "build-image");
  if (images.length === 0) return first;
  record.enter("prepare", `${images.length} images`);
  await apply(
    attempt,
    project,
    { observed: first.observed, plan: { project: project.name, operations: images } },
    record,
    parts,
    signal,
  );
  const options = { ...attempt.options, refreshImages: false };
  const second = await observeAndPlan(project, options, parts, signal);
  await record.continueWith(second.plan);
  return second;
}

async function switchTree({ stack, checkout }: Attempt, parts: PassParts, signal: AbortSignal): Promise<void> {
  for (const conflict of await parts.source.switchTree(stack, checkout, signal)) {
    parts.publish(stack.name, { type: "conflict-saved", ...conflict });
  }
}

async function apply(
  { stack, checkout }: Attempt,
  project: Project,
  { plan: toDo, observed }: Prepared,
  record: DeploymentRecord | null,
  parts: PassParts,
  signal: AbortSignal,
): Promise<void> {
  const { engine, clock } = parts;
  const onProgress = (operation: PlannedOperation, text: string): void => {
    if (operation.kind === "pull-image")
      parts.publish(stack.name, { type: "pull-progress", image: operation.image, text });
    if (operation.kind === "build-image")
      parts.publish(stack.name, { type: "build-progress", image: operation.image, text });
  };
  const onStep = record?.step ?? (() => undefined);
  const labels = parts.labelsOf(stack);
  const placeOf = parts.placeOf(checkout);
  await applyPlan(toDo, { engine, clock, project, observed, labels, placeOf, onStep, onProgress }, signal);
}

async function gate(
  project: Project,
  record: DeploymentRecord,
  parts: PassParts,
  signal: AbortSignal,
): Promise<{ readonly verdicts: readonly ServiceVerdict[]; readonly observed: ObservedState }> {
  const observed = await parts.engine.observe(observeQuery(project), signal);
  const onProgress = record.judged;
  const ids = servingContainers(project, observed).map((container) => container.id);
  return {
    observed,
    verdicts: await healthGate(project, ids, { engine: parts.engine, clock: parts.clock, onProgress }, signal),
  };
}

/** After the gate nothing needs the predecessors any more. A failure here is no failure of the release: the next pass settles again. */
async function settle(attempt: Attempt, project: Project, parts: PassParts, signal: AbortSignal): Promise<void> {
  try {
    const prepared = await observeAndPlan(
      project,
      { ...attempt.options, refreshImages: false, settled: true },
      parts,
      signal,
    );
    await apply(attempt, project, prepared, null, parts, signal);
  } catch (thrown) {
    parts.log("warn", "could not clear away what the deployment replaced", {
      stack: attempt.stack.name,
      error: asTallymanError(thrown),
    });
  }
}

/** Nothing to do for the containers: the release moves on to this commit, and leftovers of a crash go. */
async function unchanged(
  attempt: Attempt,
  project: Project,
  parts: PassParts,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const { stack, begin } = attempt;
  const release = await parts.history.lastRelease(stack.name);
  if (!release || (await isOpen(begin, parts))) {
    const record = await DeploymentRecord.begin(begin, { project: project.name, operations: [] }, parts);
    const { verdicts, observed } = await gate(project, record, parts, signal);
    const broken = whatBroke(verdicts);
    if (broken) return await failed(notHealthy(broken), record, verdicts, "applying");
    const deployment = await record.healthy(verdicts, imageIds(project, observed));
    await settle(attempt, project, parts, signal);
    return { kind: "healthy", project, deployment };
  }
  if (release.commit !== begin.commit.commit) {
    await switchTree(attempt, parts, signal);
    await parts.history.advance(stack.name, begin.commit, begin.settingsDigest);
  }
  await settle(attempt, project, parts, signal);
  return { kind: "unchanged", project };
}

/** An interrupted attempt of this very commit waits for its verdict. */
async function isOpen({ stack, commit, settingsDigest }: NewDeployment, parts: PassParts): Promise<boolean> {
  const [newest] = await parts.history.list(stack, 1);
  return (
    newest?.status === "interrupted" && newest.commit === commit.commit && newest.settingsDigest === settingsDigest
  );
}

/** What runs, by reference: of a release that came back, not what a moved tag names by now. */
function imageIds(project: Project, observed: ObservedState): Readonly<Record<string, string>> {
  const named = Object.entries(observed.images).flatMap(([image, found]) =>
    found ? [[image, found.id] as const] : [],
  );
  const running = servingContainers(project, observed).map(
    (container) => [imageOf(project, container.serviceName), container.imageId] as const,
  );
  return Object.fromEntries([...named, ...running]);
}

function servingContainers(project: Project, observed: ObservedState): readonly ObservedContainer[] {
  return observed.containers.filter(
    (one) => !one.oneOff && !isRetainedName(one.name) && project.services[one.serviceName],
  );
}

/** The service to name: one that failed, before one that was merely not done yet when the other ended the wait. */
function whatBroke(verdicts: readonly ServiceVerdict[]): ServiceVerdict | undefined {
  return verdicts.find((one) => one.verdict === "unhealthy") ?? verdicts.find((one) => one.verdict === "pending");
}

function notHealthy({ service, summary }: ServiceVerdict): TallymanError {
  return new TallymanError("NotHealthy", `${service}: ${summary}`, {
    hint: "Its last log lines are kept with the deployment. Mend it and push a new commit; this one is not tried again by itself.",
  });
}

async function failed(
  error: TallymanError,
  record: DeploymentRecord,
  verdicts: readonly ServiceVerdict[],
  phase: "preparing" | "applying",
): Promise<AttemptResult> {
  const deployment = await record.failed(failureClass(error.reason, phase), error, verdicts);
  return { kind: "failed", deployment, error };
}

async function interrupted(record: DeploymentRecord | null, thrown: unknown): Promise<TallymanError> {
  await record?.interrupted();
  return new TallymanError("Interrupted", "the pass was interrupted", { cause: thrown });
}
