import type { ObservedState } from "../observed-state.ts";
import type { Project } from "../project.ts";
import type { FailureAction } from "../stack.ts";
import { dependenciesOf } from "./dependency-order.ts";
import type { Basis } from "./divergence.ts";
import { makeRoom } from "./make-room.ts";
import { type NameHolder, nameHolders } from "./name-holders.ts";
import { planAwaits, type WaitLimits } from "./plan-awaits.ts";
import type { PlanBuilder } from "./plan-builder.ts";
import { type Prepared, prepareServices } from "./prepare-services.ts";
import type { ProjectSlots } from "./project-slots.ts";
import { dependentsToRestart } from "./restarted-dependents.ts";
import { type RollingUpdate, rollingUpdate } from "./rolling-update.ts";
import { type Stops, stopOnce } from "./stops.ts";
import { awaitProof, needsWork, takePlace, takePlaceBeside } from "./take-place.ts";

export interface ServicePlanOptions {
  readonly basis: Basis;
  /** `compose up` starts jobs again that already ended well; a daemon's pass must not. */
  readonly rerunJobs: boolean;
  /** `--no-start`: create only. */
  readonly start: boolean;
  /** As Docker Compose has it: a paused container is started too, which the Engine refuses. Else whoever paused it is left in peace. */
  readonly startPaused?: boolean;
  /**
   * Whether a former release comes back, by `rollback_config`, or another one takes its place, by `update_config`. Absent: neither is
   * looked at, as Docker Compose does.
   */
  readonly returning?: boolean;
  /** The stack's own word on a failure, which overrules the files'; absent or null leaves it to them. */
  readonly onFailure?: FailureAction | null;
  /** Absent: as long as Docker Compose does. */
  readonly limits?: WaitLimits;
  /** Orphans are going to be removed once the release has settled. */
  readonly prune?: boolean;
  /** `--remove-orphans`: before anything else, and ended one-offs too; networks stay. */
  readonly removeOrphans?: boolean;
}

/** What the planning of every service looks at and adds to. */
interface Planning {
  readonly project: Project;
  readonly observed: ObservedState;
  readonly options: ServicePlanOptions;
  readonly slots: ProjectSlots;
  readonly stops: Stops;
  readonly builder: PlanBuilder;
  /** Everything that must be there before the first container stops. */
  readonly created: readonly number[];
  /** The last operations of each service planned so far: what its dependents wait for. */
  readonly lastOf: Map<string, readonly number[]>;
  readonly awaits: Map<string, number>;
  readonly holders: ReadonlyMap<string, NameHolder>;
  readonly left: Map<string, readonly number[]>;
}

/**
 * First every new container is created, under a temporary name where a predecessor still serves, so that a failure leaves what runs
 * untouched. Then, dependencies first, each one takes its predecessor's place.
 */
export function planServices(
  project: Project,
  observed: ObservedState,
  slots: ProjectSlots,
  before: readonly number[],
  stops: Stops,
  options: ServicePlanOptions,
  builder: PlanBuilder,
): void {
  const holders = nameHolders(project, observed, slots, options);
  const { prepared, created } = prepareServices(project, observed, slots, holders, before, options.basis, builder);
  const lastOf = new Map<string, readonly number[]>();
  const planning = {
    project,
    observed,
    options,
    slots,
    stops,
    builder,
    created,
    lastOf,
    awaits: new Map<string, number>(),
    holders,
    left: new Map<string, readonly number[]>(),
  };
  for (const [serviceName, places] of prepared) lastOf.set(serviceName, planService(planning, serviceName, places));
}

/** Puts one service's containers into place, one after the other; returns what its dependents wait for. */
function planService(planning: Planning, serviceName: string, places: readonly Prepared[]): readonly number[] {
  const { project, observed, lastOf, awaits, builder, created } = planning;
  const dependencies = dependenciesOf(project, serviceName).flatMap((name) => lastOf.get(name) ?? []);
  const moving = places.filter((place) => needsWork(planning, serviceName, place));
  if (moving.length === 0) return dependencies;
  const { options, slots, stops } = planning;
  const { limits } = options;
  const awaited = options.start ? planAwaits(project, observed, serviceName, lastOf, awaits, limits, builder) : [];
  const quiet = stopDependents(planning, serviceName, moving);
  const free = options.start ? makeRoom(project, observed, slots, serviceName, created, options, stops, builder) : [];
  const chain = [...created, ...dependencies, ...awaited, ...quiet, ...free];
  return [...moveAll(planning, serviceName, moving, chain), ...dependencies];
}

/** Those without a predecessor to replace, one after the other; then the others, in batches where the file says so. */
function moveAll(
  planning: Planning,
  serviceName: string,
  moving: readonly Prepared[],
  before: readonly number[],
): readonly number[] {
  const { project, options } = planning;
  const { returning, onFailure = null } = options;
  const update =
    options.start && returning !== undefined ? rollingUpdate(project, serviceName, { returning, onFailure }) : null;
  const isReplaced = ({ slot }: Prepared): boolean => update !== null && slot.incumbent !== null;
  let chain = before;
  for (const place of moving) if (!isReplaced(place)) chain = takePlace(planning, place, chain);
  return update ? rollOut(planning, moving.filter(isReplaced), update, chain) : chain;
}

/** Each batch has proven itself before the next one begins; the last one is left to the gate. */
function rollOut(
  planning: Planning,
  places: readonly Prepared[],
  update: RollingUpdate,
  before: readonly number[],
): readonly number[] {
  const { parallelism, startFirst } = update;
  let chain = before;
  for (let first = 0; first < places.length; first += parallelism) {
    const batch = places.slice(first, first + parallelism);
    const follows = first + parallelism < places.length;
    const moved = batch.flatMap((place) => {
      if (startFirst) return takePlaceBeside(planning, place, update, chain);
      const ended = takePlace(planning, place, chain, update);
      return follows ? awaitProof(planning, place, update, ended) : ended;
    });
    chain = follows ? pauseAfter(planning, places, update, moved) : moved;
  }
  return chain;
}

function pauseAfter(
  { builder }: Planning,
  [place]: readonly Prepared[],
  { delayMs }: RollingUpdate,
  before: readonly number[],
): readonly number[] {
  if (delayMs === 0 || !place) return before;
  const { serviceName } = place.slot;
  return [builder.add({ kind: "delay", serviceName, ms: delayMs }, "pause between two batches", before)];
}

/** Those that must not go on beside a container that was replaced: stopped now, started when their own turn comes. */
function stopDependents(
  { project, observed, stops, builder, created }: Planning,
  serviceName: string,
  moving: readonly Prepared[],
): readonly number[] {
  const replaced = moving.some(({ slot }) => slot.incumbent !== null);
  const interrupted = moving.some(({ slot }) => slot.keeper !== null && stops.has(slot.keeper.id));
  if (!replaced && !interrupted) return [];
  return dependentsToRestart(project, observed, serviceName, replaced).flatMap((container) =>
    stopOnce(container, `restarts with ${serviceName}`, created, stops, builder),
  );
}
