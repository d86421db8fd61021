import { isRetainedName, retainedName } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { Operation } from "../plan.ts";
import { isOneShot, type Project, restartPolicyName } from "../project.ts";
import { dependenciesOf } from "./dependency-order.ts";
import type { Basis } from "./divergence.ts";
import { planAwaits } from "./plan-awaits.ts";
import type { PlanBuilder } from "./plan-builder.ts";
import { type Prepared, prepareServices } from "./prepare-services.ts";
import type { ProjectSlots } from "./project-slots.ts";
import { dependentsToRestart } from "./restarted-dependents.ts";
import { isMisnamed, type Slot } from "./service-slots.ts";
import { type Stops, stopOnce } from "./stops.ts";

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
}

/** What the planning of every service looks at and adds to. */
interface Planning {
  readonly project: Project;
  readonly observed: ObservedState;
  readonly options: ServicePlanOptions;
  readonly stops: Stops;
  readonly builder: PlanBuilder;
  /** Everything that must be there before the first container stops. */
  readonly created: readonly number[];
  /** The last operations of each service planned so far: what its dependents wait for. */
  readonly lastOf: Map<string, readonly number[]>;
  readonly awaits: Map<string, number>;
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
  const { prepared, created } = prepareServices(project, observed, slots, before, options.basis, builder);
  const lastOf = new Map<string, readonly number[]>();
  const planning = { project, observed, options, stops, builder, created, lastOf, awaits: new Map<string, number>() };
  for (const [serviceName, places] of prepared) lastOf.set(serviceName, planService(planning, serviceName, places));
}

/** Puts one service's containers into place, one after the other; returns what its dependents wait for. */
function planService(planning: Planning, serviceName: string, places: readonly Prepared[]): readonly number[] {
  const { project, observed, lastOf, awaits, builder, created } = planning;
  const dependencies = dependenciesOf(project, serviceName).flatMap((name) => lastOf.get(name) ?? []);
  const moving = places.filter((place) => needsWork(planning, serviceName, place));
  if (moving.length === 0) return dependencies;
  const awaited = planning.options.start ? planAwaits(project, observed, serviceName, lastOf, awaits, builder) : [];
  const quiet = stopDependents(planning, serviceName, moving);
  let chain: readonly number[] = [...created, ...dependencies, ...awaited, ...quiet];
  for (const place of moving) chain = takePlace(planning, place, chain);
  return [...chain, ...dependencies];
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

function needsWork(planning: Planning, serviceName: string, { slot }: Prepared): boolean {
  const { keeper } = slot;
  if (!keeper || slot.incumbent || slot.reload || isMisnamed(keeper, slot.finalName)) return true;
  if (isDisarmed(planning.project, serviceName, keeper)) return true;
  return planning.options.start && mustStart(planning, serviceName, keeper);
}

function mustStart({ project, options, stops }: Planning, serviceName: string, container: ObservedContainer): boolean {
  if (container.state === "created" || stops.has(container.id)) return true;
  if (container.state === "paused") return options.startPaused === true;
  if (container.state !== "exited") return false;
  const endedWell = container.exitCode === 0 && isOneShot(project, serviceName);
  return !endedWell || options.rerunJobs || isRetainedName(container.name);
}

/** Its restart policy was taken away while it waited as a retained container. */
function isDisarmed(project: Project, serviceName: string, container: ObservedContainer): boolean {
  const service = project.services[serviceName];
  return service !== undefined && container.restartPolicy === "no" && restartPolicyName(service) !== "no";
}

function takePlace(planning: Planning, { slot, successor }: Prepared, before: readonly number[]): readonly number[] {
  const { project, options, builder } = planning;
  const { serviceName, number, finalName, keeper } = slot;
  let last = slot.incumbent ? planLeave(planning, slot, slot.incumbent, before) : afterStop(planning, keeper, before);
  const why = reasonToMove(planning, slot);
  const step = (operation: Operation): void => {
    last = [builder.add(operation, why, last)];
  };
  const misnamed = keeper ? isMisnamed(keeper, finalName) : successor.name !== finalName;
  const name = misnamed ? finalName : successor.name;
  if (misnamed) step({ kind: "rename-container", serviceName, number, container: successor, newName: finalName });
  if (keeper && isDisarmed(project, serviceName, keeper))
    step({ kind: "set-restart-policy", serviceName, number, container: successor, policy: "as-declared" });
  // Before its start, if it was stopped: a process that has only just begun may not heed the signal yet.
  if (slot.reload) {
    const { signal, contents, cause } = slot.reload;
    last = [
      builder.add(
        { kind: "signal-container", serviceName, number, container: successor, signal, contents },
        cause,
        last,
      ),
    ];
  }
  if (options.start && (!keeper || mustStart(planning, serviceName, keeper)))
    step({ kind: "start-container", serviceName, number, container: { ...successor, name } });
  return last;
}

/** A container that this plan stops is started only after that. */
function afterStop(
  { stops }: Planning,
  keeper: ObservedContainer | null,
  before: readonly number[],
): readonly number[] {
  const stopped = keeper ? stops.get(keeper.id) : undefined;
  return stopped === undefined ? before : [...before, stopped];
}

function reasonToMove({ stops, builder }: Planning, { keeper, finalName, cause }: Slot): string {
  if (!keeper) return cause;
  if (isRetainedName(keeper.name)) return "the container that ran before comes back";
  if (isMisnamed(keeper, finalName)) return cause;
  const stopped = stops.get(keeper.id);
  return stopped === undefined ? `container is ${keeper.state}` : builder.causeOf(stopped);
}

/** Stops the predecessor and keeps it for the way back, unless an older one already waits or the old one itself comes back. */
function planLeave(
  { stops, builder }: Planning,
  slot: Slot,
  incumbent: ObservedContainer,
  before: readonly number[],
): readonly number[] {
  const { serviceName, number, keeper } = slot;
  const container = { id: incumbent.id, name: incumbent.name };
  const target = { serviceName, number, container } as const;
  const returns = keeper !== null && isRetainedName(keeper.name);
  const cause = returns ? "gives way to the container that ran before" : "makes room for its successor";
  const stopped = incumbent.state === "created" ? before : stopOnce(incumbent, cause, before, stops, builder);
  if (returns || slot.hasRetained) return [builder.add({ kind: "remove-container", ...target }, cause, stopped)];
  const kept = "kept until the gate has passed";
  const disarmed = builder.add({ kind: "set-restart-policy", ...target, policy: "no" }, kept, stopped);
  const newName = retainedName(slot.finalName, incumbent.id);
  return [builder.add({ kind: "rename-container", ...target, newName }, kept, [disarmed])];
}
