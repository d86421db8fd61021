import { isRetainedName, retainedName, successorName } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { ContainerReference } from "../plan.ts";
import { type Dependency, isOneShot, type Project, restartPolicyName } from "../project.ts";
import { dependenciesOf, dependencyOrder } from "./dependency-order.ts";
import type { Basis } from "./divergence.ts";
import type { PlanBuilder } from "./plan-builder.ts";
import { type Slot, slotsOf } from "./service-slots.ts";

export interface ServicePlanOptions {
  readonly basis: Basis;
  /** `compose up` starts jobs again that already ended well; a daemon's pass must not. */
  readonly rerunJobs: boolean;
  /** `--no-start`: create only. */
  readonly start: boolean;
}

/** A slot with the container that will serve in it. */
interface Prepared {
  readonly slot: Slot;
  readonly successor: ContainerReference;
}

/**
 * First every new container is created, under a temporary name where a predecessor still serves, so that a failure leaves what runs
 * untouched. Then, dependencies first, each one takes its predecessor's place.
 */
export function planServices(
  project: Project,
  observed: ObservedState,
  before: readonly number[],
  options: ServicePlanOptions,
  builder: PlanBuilder,
): void {
  const slots = new Map(
    dependencyOrder(project).map((name) => [name, slotsOf(project, name, observed, options.basis)]),
  );
  const prepared = new Map<string, readonly Prepared[]>();
  const created: number[] = [...before];
  for (const [serviceName, places] of slots) {
    prepared.set(
      serviceName,
      places.map((place) => prepare(project, place, before, created, builder)),
    );
  }
  const lastOf = new Map<string, readonly number[]>();
  for (const [serviceName, places] of prepared) {
    lastOf.set(serviceName, planService(project, observed, serviceName, places, created, lastOf, options, builder));
  }
}

/** Removes what an interrupted pass left in the slot, and creates the container that is missing. */
function prepare(
  project: Project,
  slot: Slot,
  before: readonly number[],
  created: number[],
  builder: PlanBuilder,
): Prepared {
  const { serviceName, number, finalName } = slot;
  const cleared = slot.leftovers.map((leftover) =>
    builder.add(
      { kind: "remove-container", serviceName, number, container: { id: leftover.id, name: leftover.name } },
      "left over from an interrupted pass",
    ),
  );
  if (slot.keeper) return { slot, successor: { id: slot.keeper.id, name: slot.keeper.name } };
  const name = slot.incumbent?.name === finalName ? successorName(finalName, slot.incumbent.id) : finalName;
  const index = builder.add(
    {
      kind: "create-container",
      serviceName,
      number,
      name,
      finalName,
      replaces: slot.incumbent?.id ?? null,
      configHash: project.hashes.services[serviceName]?.a ?? "",
    },
    slot.cause,
    [...before, ...cleared],
  );
  created.push(index);
  return { slot, successor: { createdBy: index, name } };
}

/** Puts one service's containers into place, one after the other; returns what its dependents wait for. */
function planService(
  project: Project,
  observed: ObservedState,
  serviceName: string,
  places: readonly Prepared[],
  created: readonly number[],
  lastOf: ReadonlyMap<string, readonly number[]>,
  options: ServicePlanOptions,
  builder: PlanBuilder,
): readonly number[] {
  const dependencies = dependenciesOf(project, serviceName).flatMap((name) => lastOf.get(name) ?? []);
  const moving = places.filter((place) => needsWork(project, serviceName, place, options));
  if (moving.length === 0) return dependencies;
  const awaited = options.start ? planAwaits(project, observed, serviceName, dependencies, lastOf, builder) : [];
  let chain: readonly number[] = [...created, ...dependencies, ...awaited];
  for (const place of moving) chain = takePlace(project, place, chain, options, builder);
  return [...chain, ...dependencies];
}

function needsWork(project: Project, serviceName: string, { slot }: Prepared, options: ServicePlanOptions): boolean {
  const { keeper } = slot;
  if (!keeper || slot.incumbent || keeper.name !== slot.finalName || isDisarmed(project, serviceName, keeper))
    return true;
  return options.start && mustStart(project, serviceName, keeper, options);
}

function mustStart(
  project: Project,
  serviceName: string,
  container: ObservedContainer,
  options: ServicePlanOptions,
): boolean {
  if (container.state === "created") return true;
  if (container.state !== "exited") return false;
  const endedWell = container.exitCode === 0 && isOneShot(project, serviceName);
  return !endedWell || options.rerunJobs;
}

/** Its restart policy was taken away while it waited as a retained container. */
function isDisarmed(project: Project, serviceName: string, container: ObservedContainer): boolean {
  const service = project.services[serviceName];
  return service !== undefined && container.restartPolicy === "no" && restartPolicyName(service) !== "no";
}

function planAwaits(
  project: Project,
  observed: ObservedState,
  serviceName: string,
  after: readonly number[],
  lastOf: ReadonlyMap<string, readonly number[]>,
  builder: PlanBuilder,
): readonly number[] {
  const declared = Object.entries(project.services[serviceName]?.depends_on ?? {});
  return declared.flatMap(([dependencyName, dependency]) => {
    const { condition, required } = dependency;
    if (condition === "service_started" || !project.services[dependencyName]) return [];
    const unchanged = (lastOf.get(dependencyName) ?? []).length === 0;
    if (unchanged && isMet(observed, dependencyName, dependency)) return [];
    return [
      builder.add(
        { kind: "await-service", serviceName: dependencyName, condition, required },
        `${serviceName} depends on it`,
        after,
      ),
    ];
  });
}

function isMet(observed: ObservedState, serviceName: string, { condition }: Dependency): boolean {
  const containers = observed.containers.filter(
    (one) => one.serviceName === serviceName && !one.oneOff && !isRetainedName(one.name),
  );
  if (containers.length === 0) return false;
  return containers.every((container) =>
    condition === "service_healthy"
      ? container.health === "healthy"
      : container.state === "exited" && container.exitCode === 0,
  );
}

function takePlace(
  project: Project,
  { slot, successor }: Prepared,
  before: readonly number[],
  options: ServicePlanOptions,
  builder: PlanBuilder,
): readonly number[] {
  const { serviceName, number, finalName, keeper } = slot;
  let last = slot.incumbent ? planLeave(slot, slot.incumbent, before, builder) : before;
  const step = (operation: Parameters<PlanBuilder["add"]>[0], why: string): void => {
    last = [builder.add(operation, why, last)];
  };
  const why = reasonToMove(slot);
  if (successor.name !== finalName) {
    step({ kind: "rename-container", serviceName, number, container: successor, newName: finalName }, why);
  }
  if (keeper && isDisarmed(project, serviceName, keeper)) {
    step({ kind: "set-restart-policy", serviceName, number, container: successor, policy: "as-declared" }, why);
  }
  const starts = !keeper || keeper.name !== finalName || mustStart(project, serviceName, keeper, options);
  if (options.start && starts && keeper?.state !== "running") {
    step({ kind: "start-container", serviceName, number, container: { ...successor, name: finalName } }, why);
  }
  return last;
}

function reasonToMove({ keeper, finalName, cause }: Slot): string {
  if (!keeper) return cause;
  if (isRetainedName(keeper.name)) return "the container that ran before comes back";
  return keeper.name === finalName ? `container is ${keeper.state}` : cause;
}

/** Stops the predecessor and keeps it for the way back, unless an older one already waits or the old one itself comes back. */
function planLeave(
  slot: Slot,
  incumbent: ObservedContainer,
  before: readonly number[],
  builder: PlanBuilder,
): readonly number[] {
  const { serviceName, number, keeper } = slot;
  const container = { id: incumbent.id, name: incumbent.name };
  const target = { serviceName, number, container } as const;
  const returns = keeper !== null && isRetainedName(keeper.name);
  const cause = returns ? "gives way to the container that ran before" : "makes room for its successor";
  const stopped =
    incumbent.state === "created" ? before : [builder.add({ kind: "stop-container", ...target }, cause, before)];
  if (returns || slot.hasRetained) return [builder.add({ kind: "remove-container", ...target }, cause, stopped)];
  const disarmed = builder.add(
    { kind: "set-restart-policy", ...target, policy: "no" },
    "kept until the gate has passed",
    stopped,
  );
  const newName = retainedName(slot.finalName, incumbent.id);
  return [builder.add({ kind: "rename-container", ...target, newName }, "kept until the gate has passed", [disarmed])];
}
