import { serviceHash } from "../compose/hash.ts";
import type { PlanOptions } from "../plan/planner.ts";
import type { Plan, PlannedOperation } from "../plan.ts";
import type { Project } from "../project.ts";

/** What a person can type behind `compose up`. */
export interface ComposeUpOptions {
  readonly start: boolean;
  readonly removeOrphans: boolean;
  /** Say nothing of them either. */
  readonly ignoreOrphans?: boolean;
  /** Build what can be built, though an image is here. */
  readonly build?: boolean;
  /** Containers that are there: make anew what changed (absent), everything, or nothing. */
  readonly recreate?: "changed" | "always" | "never";
  /** The services that were named: `always` means them. Absent or empty: all. */
  readonly serviceNames?: readonly string[];
  /** What the named ones depend on is made anew though nothing changed. */
  readonly recreateDependencies?: boolean;
  /** Anonymous volumes are not carried over to the containers that are made anew: all that are meant. */
  readonly renewVolumes?: boolean;
  /** Seconds that a container has to stop, instead of its own. */
  readonly graceSeconds?: number | null;
  /** Wait for the gate, at most this long; null does not wait. */
  readonly waitMs: number | null;
}

/** As Docker Compose plans: nothing is kept for a way back once it has settled, and nothing is pruned unasked. */
export function planOptions(project: Project, options: ComposeUpOptions, settled: boolean): PlanOptions {
  const { start, removeOrphans, build = false } = options;
  const recreate = toRecreate(project, options);
  const basis = { pins: {}, previous: null, hashOf: serviceHash };
  return {
    basis: recreate === undefined ? basis : { ...basis, recreate },
    refreshImages: true,
    // As Docker Compose: an image that is here is only built again when somebody asks.
    builds: { contexts: {}, force: build, pullFirst: !build },
    settled,
    prune: false,
    removeOrphans,
    changedVolumes: "keep",
    rerunJobs: true,
    startPaused: true,
    start,
  };
}

/** Source: docker/compose `recreateStrategy`, `dependenciesRecreateStrategy`. */
function toRecreate(
  { services }: Project,
  { recreate, serviceNames = [], recreateDependencies = false, renewVolumes = false }: ComposeUpOptions,
): "never" | ReadonlySet<string> | undefined {
  if (recreate === "never") return "never";
  const isNamed = (name: string): boolean => serviceNames.length === 0 || serviceNames.includes(name);
  const named = recreate === "always" || renewVolumes;
  const forced = Object.keys(services).filter((name) => (isNamed(name) ? named : recreateDependencies));
  return forced.length > 0 ? new Set(forced) : undefined;
}

export function warnsOfOrphans({ removeOrphans, ignoreOrphans = false }: ComposeUpOptions): boolean {
  return !removeOrphans && !ignoreOrphans;
}

/** What was asked for once is not asked for again by the second look of the same command. */
export function onceRecreated(options: ComposeUpOptions): ComposeUpOptions {
  const again = { ...options, recreateDependencies: false, renewVolumes: false };
  return options.recreate === "always" ? { ...again, recreate: "changed" } : again;
}

/** The plan with what a person typed in the place of what its containers say of themselves. */
export function asTyped(
  { project, operations }: Plan,
  { renewVolumes = false, graceSeconds = null }: Pick<ComposeUpOptions, "renewVolumes" | "graceSeconds">,
): Plan {
  const typed = (operation: PlannedOperation): PlannedOperation => {
    if (operation.kind === "stop-container" && graceSeconds !== null) return { ...operation, graceSeconds };
    if (operation.kind === "create-container" && renewVolumes) return { ...operation, renewVolumes };
    return operation;
  };
  return { project, operations: operations.map(typed) };
}
