import { RESTART_POLICY } from "../engine.ts";
import { isRetainedName, retainedName } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { ContainerReference } from "../plan.ts";
import { isOneShot, type Project, restartPolicyName } from "../project.ts";
import type { Basis } from "./divergence.ts";
import { giveUpName, type Leaving, planLeave } from "./leave-place.ts";
import type { WaitLimits } from "./plan-awaits.ts";
import type { Prepared } from "./prepare-services.ts";
import type { RollingUpdate } from "./rolling-update.ts";
import { isMisnamed, type Slot } from "./service-slots.ts";
import { isAlive, stopOnce } from "./stops.ts";

/** What the planning of a place looks at and adds to. */
export interface Placing extends Leaving {
  readonly project: Project;
  readonly observed: ObservedState;
  readonly options: {
    readonly rerunJobs: boolean;
    readonly start: boolean;
    readonly startPaused?: boolean;
    readonly limits?: WaitLimits;
    readonly basis: Pick<Basis, "drifted">;
  };
}

/** Whether the place is not yet as it should be. */
export function needsWork(placing: Placing, serviceName: string, { slot }: Prepared): boolean {
  const { keeper } = slot;
  if (!keeper || slot.incumbent || slot.reload || slot.joins.length > 0 || isMisnamed(keeper, slot.finalName))
    return true;
  if (mustRearm(placing, serviceName, keeper)) return true;
  return placing.options.start && mustStart(placing, serviceName, keeper);
}

/** The predecessor stops before its successor starts; gives the operations that end it. */
export function takePlace(
  placing: Placing,
  place: Prepared,
  before: readonly number[],
  update: RollingUpdate | null = null,
): readonly number[] {
  const { slot } = place;
  const left = slot.incumbent
    ? planLeave(placing, slot, slot.incumbent, before)
    : afterStop(placing, slot.keeper, before);
  const { named, last } = rename(placing, place, giveUpName(placing, slot, left));
  const joined = join(placing, place, last);
  return start(placing, slot, named, reload(placing, place, rearm(placing, place, joined)), update);
}

/**
 * The successor starts and proves itself beside its predecessor, which only then stops: whoever asks the service by its name always
 * finds one that answers.
 */
export function takePlaceBeside(
  placing: Placing,
  place: Prepared,
  update: RollingUpdate,
  before: readonly number[],
): readonly number[] {
  const { slot, successor } = place;
  const ready = join(placing, place, rearm(placing, place, afterStop(placing, slot.keeper, before)));
  const started = start(placing, slot, successor, ready, update);
  const proven = awaitProof(placing, place, update, started);
  if (!slot.incumbent) return rename(placing, place, giveUpName(placing, slot, proven)).last;
  // A rename takes a container out of the Engine's name service for a moment: the other one answers meanwhile.
  const { id, name } = slot.incumbent;
  const newName = retainedName(slot.finalName, id);
  const { serviceName, number } = slot;
  const aside = { kind: "rename-container", serviceName, number, container: { id, name }, newName } as const;
  const freed = placing.builder.add(aside, "makes room for its successor", proven);
  const named = rename(placing, place, giveUpName(placing, slot, [freed])).last;
  return planLeave(placing, slot, { ...slot.incumbent, name: newName }, named);
}

/** Waits until the one that took the place has proven itself. */
export function awaitProof(
  { builder, options }: Placing,
  { slot, successor }: Prepared,
  { windowMs, startFirst, mayFail }: RollingUpdate,
  before: readonly number[],
): readonly number[] {
  const { serviceName, number, finalName } = slot;
  const container = startFirst ? successor : { ...successor, name: finalName };
  const cause = startFirst ? "must prove itself before its predecessor stops" : "must prove itself before the next one";
  const limitMs = options.limits?.healthMs;
  const wait = { windowMs, mayFail, ...(limitMs == null ? {} : { limitMs }) };
  return [builder.add({ kind: "await-container", serviceName, number, container, ...wait }, cause, before)];
}

function mustStart({ project, options, stops }: Placing, serviceName: string, container: ObservedContainer): boolean {
  if (container.state === "created" || stops.has(container.id)) return true;
  if (container.state === "paused") return options.startPaused === true;
  if (container.state !== "exited") return false;
  const endedWell = container.exitCode === 0 && isOneShot(project, serviceName);
  return !endedWell || options.rerunJobs || isRetainedName(container.name);
}

/** Its restart policy was taken away while it waited as a retained container, or somebody set another one. */
function mustRearm({ project, options }: Placing, serviceName: string, container: ObservedContainer): boolean {
  const service = project.services[serviceName];
  if (options.basis.drifted?.get(container.id)?.includes(RESTART_POLICY)) return true;
  return service !== undefined && container.restartPolicy === "no" && restartPolicyName(service) !== "no";
}

/** The final name, where it has another one. */
function rename(
  placing: Placing,
  { slot, successor }: Prepared,
  before: readonly number[],
): { readonly named: ContainerReference; readonly last: readonly number[] } {
  const { serviceName, number, finalName, keeper } = slot;
  const misnamed = keeper ? isMisnamed(keeper, finalName) : successor.name !== finalName;
  if (!misnamed) return { named: successor, last: before };
  const operation = {
    kind: "rename-container",
    serviceName,
    number,
    container: successor,
    newName: finalName,
  } as const;
  const last = [placing.builder.add(operation, reasonToMove(placing, slot), before)];
  return { named: { ...successor, name: finalName }, last };
}

/** Stopped for it: an Engine opens the ports of a container for sure only when it starts. */
function join(placing: Placing, { slot, successor }: Prepared, before: readonly number[]): readonly number[] {
  const { keeper, joins, serviceName, number, finalName } = slot;
  if (!keeper || joins.length === 0) return before;
  const cause = `not in network ${joins.map(({ networkKey }) => networkKey).join(", ")}`;
  const stopped = isAlive(keeper) ? stopOnce(keeper, cause, before, placing.stops, placing.builder) : before;
  const container = { kind: "connect-network", serviceName, number, container: successor, finalName } as const;
  return joins.map((place) => placing.builder.add({ ...container, ...place }, cause, stopped));
}

/** The restart policy that it had before it waited. */
function rearm(placing: Placing, { slot, successor }: Prepared, before: readonly number[]): readonly number[] {
  const { serviceName, number, keeper } = slot;
  if (!keeper || !mustRearm(placing, serviceName, keeper)) return before;
  const cause = isMisnamed(keeper, slot.finalName)
    ? reasonToMove(placing, slot)
    : `${RESTART_POLICY} is not as declared`;
  const operation = {
    kind: "set-restart-policy",
    serviceName,
    number,
    container: successor,
    policy: "as-declared",
  } as const;
  return [placing.builder.add(operation, cause, before)];
}

function reload(placing: Placing, { slot, successor }: Prepared, before: readonly number[]): readonly number[] {
  if (!slot.reload) return before;
  const { serviceName, number } = slot;
  const { cause, ...told } = slot.reload;
  // Before its start, if it was stopped: a process that has only just begun may not heed the signal yet.
  return [
    placing.builder.add(
      { kind: "signal-container", serviceName, number, container: successor, ...told },
      cause,
      before,
    ),
  ];
}

function start(
  placing: Placing,
  slot: Slot,
  container: ContainerReference,
  before: readonly number[],
  update: RollingUpdate | null,
): readonly number[] {
  const { serviceName, number, keeper } = slot;
  if (!placing.options.start || (keeper && !mustStart(placing, serviceName, keeper))) return before;
  const tolerance = update && update.mayFail > 0 ? { mayFail: update.mayFail } : {};
  const operation = { kind: "start-container", serviceName, number, container, ...tolerance } as const;
  return [placing.builder.add(operation, reasonToMove(placing, slot), before)];
}

/** A container that this plan stops is started only after that. */
function afterStop({ stops }: Placing, keeper: ObservedContainer | null, before: readonly number[]): readonly number[] {
  const stopped = keeper ? stops.get(keeper.id) : undefined;
  return stopped === undefined ? before : [...before, stopped];
}

function reasonToMove({ stops, builder }: Placing, { keeper, finalName, cause }: Slot): string {
  if (!keeper) return cause;
  if (isRetainedName(keeper.name)) return "the container that ran before comes back";
  if (isMisnamed(keeper, finalName)) return cause;
  const stopped = stops.get(keeper.id);
  return stopped === undefined ? `container is ${keeper.state}` : builder.causeOf(stopped);
}
