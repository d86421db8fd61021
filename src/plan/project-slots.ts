import { TallymanError } from "../error.ts";
import { isServing } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { Project } from "../project.ts";
import { hasReferences, sharedServices, withContainers } from "../service-reference.ts";
import { dependencyOrder } from "./dependency-order.ts";
import type { Basis } from "./divergence.ts";
import { type Expected, type Slot, slotsOf } from "./service-slots.ts";

export type ProjectSlots = ReadonlyMap<string, readonly Slot[]>;

/**
 * The places of every service, dependencies first. Of a service that shares another one's namespace or volumes, the config hash holds
 * the id of that one's container: whoever shares with a container that is replaced is replaced too.
 */
export function projectSlots(project: Project, observed: ObservedState, basis: Basis): ProjectSlots {
  const slots = new Map<string, readonly Slot[]>();
  for (const serviceName of dependencyOrder(project)) {
    const expected = expectedOf(project, serviceName, observed, slots, basis);
    slots.set(serviceName, slotsOf(project, serviceName, observed, basis, expected));
  }
  return slots;
}

function expectedOf(
  project: Project,
  serviceName: string,
  observed: ObservedState,
  slots: ProjectSlots,
  basis: Basis,
): Expected {
  const service = project.services[serviceName];
  const hash = project.hashes.services[serviceName];
  if (!service || !hasReferences(service)) return { hash, because: null };
  const ids: Record<string, string> = {};
  for (const shared of sharedServices(service)) {
    const keeper = containerKeptOut(project, observed, shared) ?? sharedSlot(serviceName, shared, slots).keeper;
    if (!keeper) return { hash: undefined, because: `shares with ${shared}, whose container is made anew` };
    ids[shared] = keeper.id;
  }
  return { hash: basis.hashOf(withContainers(service, ids)), because: null };
}

/** The container of a service that is kept out of this plan (`--no-deps`) goes on being shared: the first by name, as Docker Compose has it. */
export function containerKeptOut(project: Project, observed: ObservedState, shared: string): ObservedContainer | null {
  if (project.services[shared]) return null;
  const there = observed.containers.filter((one) => one.serviceName === shared && isServing(one));
  return [...there].sort((a, b) => (a.name < b.name ? -1 : 1))[0] ?? null;
}

/** The place whose container stands for its service. Throws EngineRefused, in Docker Compose's words, when there will be none. */
export function sharedSlot(serviceName: string, shared: string, slots: ProjectSlots): Slot {
  const [first] = slots.get(shared) ?? [];
  if (first) return first;
  throw new TallymanError("EngineRefused", `cannot share with service ${shared}: container missing`, {
    hint: `services.${serviceName} uses what belongs to ${shared}: give ${shared} at least one replica.`,
  });
}
