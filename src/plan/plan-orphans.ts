import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { Project } from "../project.ts";
import type { PlanBuilder } from "./plan-builder.ts";
import { stopAndRemove } from "./stops.ts";

/** Containers of the project whose service is neither active nor kept out by a profile. */
export function orphansOf(project: Project, observed: ObservedState): readonly ObservedContainer[] {
  const known = new Set([...Object.keys(project.services), ...project.disabledServices]);
  return observed.containers.filter((container) => !container.oneOff && !known.has(container.serviceName));
}

/** What Docker Compose calls orphans: one-offs that have ended too, of whatever service. Source: docker/compose `isOrphaned`. */
export function composeOrphansOf(project: Project, observed: ObservedState): readonly ObservedContainer[] {
  const ended = observed.containers.filter(({ oneOff, state }) => oneOff && (state === "exited" || state === "dead"));
  return [...orphansOf(project, observed), ...ended];
}

/** `--remove-orphans`: gives what everything else waits for, as an orphan may hold the port or the name that a service now wants. */
export function planOrphans(project: Project, observed: ObservedState, builder: PlanBuilder): readonly number[] {
  return composeOrphansOf(project, observed).map((container) =>
    stopAndRemove(container, container.oneOff ? "a one-off that has ended" : "no longer in the Compose file", builder),
  );
}
