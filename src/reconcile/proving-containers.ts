import { isServing } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { Basis } from "../plan/divergence.ts";
import { projectSlots } from "../plan/project-slots.ts";
import type { Plan } from "../plan.ts";
import type { Project } from "../project.ts";
import { hasReferences } from "../service-reference.ts";

/**
 * Ids of the containers that have to prove themselves: of each place the one that stands in it, if it was made from what is asked for.
 * A stale one proves nothing of the new release, and one too many is about to go. Pure.
 */
export function provingContainers(project: Project, observed: ObservedState, basis: Basis): readonly string[] {
  return [...projectSlots(project, observed, basis).values()].flatMap((places) =>
    places.flatMap(({ keeper, incumbent }) => {
      const found = keeper ?? incumbent;
      return found && isServing(found) && isMadeFrom(project, found, basis) ? [found.id] : [];
    }),
  );
}

/** What else may differ (a tag that moves meanwhile, a field that the Engine chose) makes it no other release. */
function isMadeFrom(project: Project, { id, serviceName, configHash }: ObservedContainer, { kept }: Basis): boolean {
  const service = project.services[serviceName];
  const hash = project.hashes.services[serviceName];
  // With the id of another container in it, the hash is that one's affair as well: the plan has compared them.
  if (!service || !hash || hasReferences(service)) return service !== undefined;
  const borne = kept?.get(id)?.configHash ?? configHash;
  return borne === hash.a || borne === hash.b;
}

/**
 * Ids of the containers that a plan started, but for those that it has seen prove themselves: for these the time is over in which a
 * restart counts. `created` gives the ids by operation index. Pure.
 */
export function startedContainers({ operations }: Plan, created: ReadonlyMap<number, string>): readonly string[] {
  const idsOf = (kind: "start-container" | "await-container"): readonly string[] =>
    operations.flatMap((operation) => {
      if (operation.kind !== kind) return [];
      const { container } = operation;
      return ("id" in container ? container.id : created.get(container.createdBy)) ?? [];
    });
  const proven = new Set(idsOf("await-container"));
  return idsOf("start-container").filter((id) => !proven.has(id));
}
