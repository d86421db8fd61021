import type { ServiceVerdict } from "../deployment.ts";
import type { Engine } from "../engine.ts";
import { TallymanError } from "../error.ts";
import { isServing } from "../label.ts";
import type { ObservedState } from "../observed-state.ts";
import { planDown } from "../plan/plan-down.ts";
import { planWarnings } from "../plan/plan-warnings.ts";
import { observeQuery, plan } from "../plan/planner.ts";
import { isEmpty, type Plan, type PlannedOperation } from "../plan.ts";
import { emptyProject, type Project } from "../project.ts";
import { applyPlan, type Step } from "./apply-plan.ts";
import type { Clock } from "./clock.ts";
import { asTyped, type ComposeUpOptions, onceRecreated, planOptions, warnsOfOrphans } from "./compose-options.ts";
import { healthGate } from "./health-gate.ts";
import type { Judgement } from "./judge.ts";

/** What the stand-alone Compose commands work with: no store, no git, no lane. */
export interface ComposeParts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly onStep: (step: Step) => void;
  readonly onProgress: (operation: PlannedOperation, text: string) => void;
  readonly onWarning: (text: string) => void;
  /** What the gate is waiting for, whenever that changes. */
  readonly onWait?: (text: string) => void;
}

export interface ComposeDownOptions {
  /** Named and anonymous ones. */
  readonly volumes: boolean;
  /** Containers of services that the file does not name any more, and one-offs that have ended. */
  readonly removeOrphans: boolean;
  /** Seconds that a container has to stop, instead of its own. */
  readonly graceSeconds?: number | null;
  /** No more than the containers of these; the project was loaded for them. Absent or empty: all. */
  readonly serviceNames?: readonly string[];
  /** Images that nothing else needs go too: those built for the project, or all that it names. */
  readonly images?: "local" | "all";
}

/** Everything `up` would do now, the removal of what is replaced included; warns of what `up` would warn of. */
export async function composePlan(
  project: Project,
  options: ComposeUpOptions,
  { engine, clock, onWarning }: Pick<ComposeParts, "engine" | "clock" | "onWarning">,
  signal: AbortSignal,
): Promise<Plan> {
  const observed = await engine.observe(observeQuery(project), signal);
  planWarnings(project, observed, { warnsOfOrphans: warnsOfOrphans(options) }).forEach(onWarning);
  return plan(project, observed, { ...planOptions(project, options, true), now: clock.now().getTime() });
}

/** As `docker compose up -d`; with `waitMs` the verdict of every service, else none. Looks at the Engine again only after it changed it. */
export async function composeUp(
  project: Project,
  options: ComposeUpOptions,
  parts: ComposeParts,
  signal: AbortSignal,
): Promise<readonly ServiceVerdict[]> {
  const found = await parts.engine.observe(observeQuery(project), signal);
  planWarnings(project, found, { warnsOfOrphans: warnsOfOrphans(options) }).forEach(parts.onWarning);
  const ready = await withImages(project, options, found, parts, signal);
  const moving = plan(project, ready, { ...planOptions(project, options, false), refreshImages: false });
  const moved = await applied(asTyped(moving, options), project, ready, parts, signal);
  // Where nothing was, nothing was replaced.
  if (ready.containers.length === 0 && options.waitMs === null) return [];
  // What ended by itself meanwhile was started once already.
  const kept = planOptions(project, onceRecreated(options), true);
  const settling = { ...kept, refreshImages: false, rerunJobs: false, start: false };
  const after = await moved();
  const leftovers = asTyped(plan(project, after, settling), options);
  const settled = await applied(leftovers, project, after, parts, signal);
  if (options.waitMs === null || !options.start) return [];
  return await waitForGate(project, await settled(), options.waitMs, parts, signal);
}

async function waitForGate(
  project: Project,
  { containers }: ObservedState,
  waitMs: number,
  { engine, clock, onWait }: ComposeParts,
  signal: AbortSignal,
): Promise<readonly ServiceVerdict[]> {
  const serving = containers.filter((one) => isServing(one) && project.services[one.serviceName]);
  const ids = serving.map((container) => container.id);
  const timeout = AbortSignal.timeout(waitMs);
  const onProgress = (judgements: readonly Judgement[]): void => {
    const open = judgements.filter(({ verdict }) => verdict === "pending");
    if (open.length > 0) onWait?.(open.map(({ serviceName, summary }) => `${serviceName}: ${summary}`).join(" · "));
  };
  const gateParts = { engine, clock, onProgress };
  try {
    return await healthGate(contentWithRunning(project), ids, gateParts, AbortSignal.any([signal, timeout]));
  } catch (thrown) {
    if (!timeout.aborted || signal.aborted) throw thrown;
    throw new TallymanError("NotHealthy", `application not healthy after ${waitMs / 1_000}s`, {
      hint: "`compose ps` shows which container is not; its log says why.",
    });
  }
}

/** Docker Compose's `--wait` asks of a service without a healthcheck no more than that it runs. */
function contentWithRunning(project: Project): Project {
  const services = Object.entries(project.services).map(([name, service]) => {
    const { deploy } = service;
    const monitored = { ...deploy, update_config: { ...deploy?.update_config, monitor: "0s" } };
    return [name, { ...service, deploy: monitored }];
  });
  return { ...project, services: Object.fromEntries(services) };
}

/** As `docker compose down`: of a project that is known only by its name, whatever its labels tell. */
export async function composeDown(
  project: Project | string,
  options: ComposeDownOptions,
  parts: ComposeParts,
  signal: AbortSignal,
): Promise<Plan> {
  const [known, name] = typeof project === "string" ? [null, project] : [project, project.name];
  const observed = await withItsImages(known, name, options, parts.engine, signal);
  const cause = "compose down";
  const isThere = observed.containers.some(({ serviceName }) => options.serviceNames?.includes(serviceName));
  // Without a file nobody knows whether a service was mistyped or is gone: its networks stay, too.
  const down =
    known === null && options.serviceNames?.length && !isThere
      ? { project: name, operations: [] }
      : asTyped(
          planDown(observed, { volumes: options.volumes, cause, scope: { ...options, project: known } }),
          options,
        );
  if (isEmpty(down)) parts.onWarning(`No resource found to remove for project "${name}"`);
  await applyPlan(down, { ...parts, project: known ?? emptyProject(name), observed, labels: {} }, signal);
  return down;
}

/** With the images that `--rmi` looks at: those of the file, else those that its containers run. */
async function withItsImages(
  known: Project | null,
  project: string,
  { images }: ComposeDownOptions,
  engine: Engine,
  signal: AbortSignal,
): Promise<ObservedState> {
  const query = { project, images: images && known ? observeQuery(known).images : [], networks: [], volumes: [] };
  const observed = await engine.observe(query, signal);
  if (!images || known) return observed;
  return await engine.observe({ ...query, images: observed.containers.map(({ image }) => image) }, signal);
}

/** Pulls and builds what is missing or to be made anew; returns what is there then. */
async function withImages(
  project: Project,
  options: ComposeUpOptions,
  observed: ObservedState,
  parts: ComposeParts,
  signal: AbortSignal,
): Promise<ObservedState> {
  const whole = plan(project, observed, { ...planOptions(project, options, false), now: parts.clock.now().getTime() });
  const operations = whole.operations.filter((one) => one.kind === "pull-image" || one.kind === "build-image");
  const there = await applied({ project: project.name, operations }, project, observed, parts, signal);
  return await there();
}

/** Carries a plan out; gives what tells what is there then, which asks the Engine again only if the plan changed something. */
async function applied(
  toDo: Plan,
  project: Project,
  observed: ObservedState,
  parts: ComposeParts,
  signal: AbortSignal,
): Promise<() => Promise<ObservedState>> {
  if (isEmpty(toDo)) return async () => observed;
  await applyPlan(toDo, { ...parts, project, observed, labels: {} }, signal);
  return () => parts.engine.observe(observeQuery(project), signal);
}
