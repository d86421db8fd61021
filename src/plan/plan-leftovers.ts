import { COMPOSE_LABEL, isRetainedName } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { Project } from "../project.ts";
import type { PlanBuilder } from "./plan-builder.ts";
import { orphansOf } from "./plan-orphans.ts";
import type { ProjectSlots } from "./project-slots.ts";
import { containersOf, type Slot } from "./service-slots.ts";
import { stopAndRemove } from "./stops.ts";

/**
 * What a settled project has no use for: retained predecessors, replicas too many, and (with `prune`) orphans and networks that no
 * service names any more. Volumes are never among it.
 */
export function planLeftovers(
  project: Project,
  observed: ObservedState,
  projectSlots: ProjectSlots,
  prune: boolean,
  builder: PlanBuilder,
): void {
  for (const serviceName of Object.keys(project.services)) {
    const slots = projectSlots.get(serviceName) ?? [];
    for (const container of containersOf(observed, serviceName)) {
      const cause = surplusCause(container, slots);
      if (cause) stopAndRemove(container, cause, builder);
    }
  }
  if (prune) planPrune(project, observed, builder);
}

function surplusCause(container: ObservedContainer, slots: readonly Slot[]): string | null {
  const slot = slots.find((candidate) => candidate.number === container.number);
  if (!slot) return "more replicas than the file asks for";
  if (slot.keeper?.id === container.id || slot.incumbent?.id === container.id || slot.leftovers.includes(container))
    return null;
  // Gone or changed since it passed: until another one has, this is all there is.
  if (!slot.keeper) return null;
  return isRetainedName(container.name) ? "its successor passed the gate" : "another container serves in its place";
}

function planPrune(project: Project, observed: ObservedState, builder: PlanBuilder): void {
  const removed = orphansOf(project, observed).map((container) =>
    stopAndRemove(container, "no longer in the Compose file", builder),
  );
  const known = new Set(Object.values(project.networks).map((network) => network.name));
  for (const network of observed.networks) {
    const networkKey = network.labels[COMPOSE_LABEL.network];
    if (networkKey === undefined || network.labels[COMPOSE_LABEL.project] !== project.name || known.has(network.name))
      continue;
    builder.add({ kind: "remove-network", networkKey, name: network.name }, "no service uses it any more", removed);
  }
}
