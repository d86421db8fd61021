import { successorName } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { ContainerReference, Operation } from "../plan.ts";
import { imageOf, type Project } from "../project.ts";
import { sharedServices } from "../service-reference.ts";
import type { Basis } from "./divergence.ts";
import type { NameHolder } from "./name-holders.ts";
import type { PlanBuilder } from "./plan-builder.ts";
import { containerKeptOut, type ProjectSlots, sharedSlot } from "./project-slots.ts";
import type { Slot } from "./service-slots.ts";
import { stopAndRemove } from "./stops.ts";

/** A slot with the container that will serve in it. */
export interface Prepared {
  readonly slot: Slot;
  readonly successor: ContainerReference;
}

/**
 * Removes what interrupted passes left, and creates every container that is missing, in dependency order. `created`: all that must
 * have ended before the first container stops.
 */
export function prepareServices(
  project: Project,
  observed: ObservedState,
  slots: ProjectSlots,
  holders: ReadonlyMap<string, NameHolder>,
  before: readonly number[],
  basis: Basis,
  builder: PlanBuilder,
): { readonly prepared: ReadonlyMap<string, readonly Prepared[]>; readonly created: readonly number[] } {
  const prepared = new Map<string, readonly Prepared[]>();
  const created: number[] = [...before];
  for (const [serviceName, places] of slots) {
    const image = imageOf(project, serviceName);
    const pin = basis.pins[image];
    const imageId = pin === undefined || pin === observed.images[image]?.id ? null : pin;
    const shares = places.length > 0 ? sharesOf(project, serviceName, observed, slots, prepared) : {};
    const common = { configHash: places[0]?.configHash ?? "", imageId, shares };
    prepared.set(
      serviceName,
      places.map((slot) => prepare(slot, bearerOf(slot, holders), common, before, created, builder)),
    );
  }
  return { prepared, created };
}

type CreateContainer = Extract<Operation, { readonly kind: "create-container" }>;
type Common = Pick<CreateContainer, "configHash" | "imageId" | "shares">;

function prepare(
  slot: Slot,
  bearer: ObservedContainer | null,
  common: Common,
  before: readonly number[],
  created: number[],
  builder: PlanBuilder,
): Prepared {
  const { serviceName, number, finalName, incumbent } = slot;
  const cleared = slot.leftovers.map((container) =>
    stopAndRemove(container, "left over from an interrupted pass", builder),
  );
  if (slot.keeper) return { slot, successor: { id: slot.keeper.id, name: slot.keeper.name } };
  const name = bearer ? successorName(finalName, bearer.id) : finalName;
  const replaces = incumbent?.id ?? null;
  const shared = Object.values(common.shares).flatMap((one) => ("createdBy" in one ? [one.createdBy] : []));
  const index = builder.add(
    { kind: "create-container", serviceName, number, name, finalName, replaces, ...common },
    slot.cause,
    [...before, ...cleared, ...shared],
  );
  created.push(index);
  return { slot, successor: { createdBy: index, name } };
}

/** Who still bears the final name: the predecessor itself, or one that leaves another place. */
function bearerOf({ incumbent, finalName }: Slot, holders: ReadonlyMap<string, NameHolder>): ObservedContainer | null {
  return incumbent?.name === finalName ? incumbent : (holders.get(finalName)?.container ?? null);
}

/** The containers whose namespaces and volumes the service shares: they come first in dependency order. */
function sharesOf(
  project: Project,
  serviceName: string,
  observed: ObservedState,
  slots: ProjectSlots,
  prepared: ReadonlyMap<string, readonly Prepared[]>,
): Readonly<Record<string, ContainerReference>> {
  const service = project.services[serviceName];
  const shared = service ? sharedServices(service) : [];
  return Object.fromEntries(
    shared.flatMap((name) => {
      const keptOut = containerKeptOut(project, observed, name);
      if (keptOut) return [[name, { id: keptOut.id, name: keptOut.name }] as const];
      const { number } = sharedSlot(serviceName, name, slots);
      const first = prepared.get(name)?.find(({ slot }) => slot.number === number);
      return first ? [[name, first.successor] as const] : [];
    }),
  );
}
