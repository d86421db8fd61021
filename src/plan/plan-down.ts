import { COMPOSE_LABEL, dependenciesFromLabel } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { Plan } from "../plan.ts";
import { PlanBuilder } from "./plan-builder.ts";
import { isAlive } from "./stops.ts";

/**
 * Takes a project down from its labels alone: containers (dependents first), then networks, then, only when asked, volumes.
 * Source: docker/compose `down`; the depends_on label carries the graph.
 */
export function planDown(
  observed: ObservedState,
  options: { readonly volumes: boolean; readonly cause: string },
): Plan {
  const builder = new PlanBuilder(observed.project);
  const stops = new Map<string, number[]>();
  const removals: number[] = [];
  for (const container of dependentsFirst(observed.containers)) {
    const { id, name, serviceName, number } = container;
    const target = { serviceName, number, container: { id, name } } as const;
    const dependents = observed.containers.filter((other) => dependenciesFromLabel(other.labels).includes(serviceName));
    const before = dependents.flatMap((dependent) => stops.get(dependent.serviceName) ?? []);
    const stopped = builder.add({ kind: "stop-container", ...target }, options.cause, before);
    stops.set(serviceName, [...(stops.get(serviceName) ?? []), stopped]);
    removals.push(builder.add({ kind: "remove-container", ...target }, options.cause, [stopped]));
  }
  planNetworksAndVolumes(observed, options, removals, builder);
  return builder.build();
}

/** Stops what runs, dependents first, and leaves everything where it is. One that is stopped already is left alone. */
export function planStop(observed: ObservedState, cause: string): Plan {
  const builder = new PlanBuilder(observed.project);
  const stops: number[] = [];
  for (const container of dependentsFirst(observed.containers).filter(isAlive)) {
    const { id, name, serviceName, number } = container;
    stops.push(
      builder.add({ kind: "stop-container", serviceName, number, container: { id, name } }, cause, stops.slice(-1)),
    );
  }
  return builder.build();
}

function planNetworksAndVolumes(
  observed: ObservedState,
  options: { readonly volumes: boolean; readonly cause: string },
  removals: readonly number[],
  builder: PlanBuilder,
): void {
  const owned = <Thing extends { readonly labels: Readonly<Record<string, string>> }>(
    things: readonly Thing[],
  ): readonly Thing[] => things.filter((thing) => thing.labels[COMPOSE_LABEL.project] === observed.project);
  for (const { name, labels } of owned(observed.networks)) {
    builder.add(
      { kind: "remove-network", networkKey: labels[COMPOSE_LABEL.network] ?? name, name },
      options.cause,
      removals,
    );
  }
  if (!options.volumes) return;
  for (const { name, labels } of owned(observed.volumes)) {
    builder.add(
      { kind: "remove-volume", volumeKey: labels[COMPOSE_LABEL.volume] ?? name, name },
      options.cause,
      removals,
    );
  }
}

/** Containers ordered so that whoever depends on a service comes before it; a circle falls back to the given order. */
function dependentsFirst(containers: readonly ObservedContainer[]): readonly ObservedContainer[] {
  const ordered: ObservedContainer[] = [];
  const visited = new Set<ObservedContainer>();
  const visit = (container: ObservedContainer): void => {
    if (visited.has(container)) return;
    visited.add(container);
    for (const other of containers)
      if (dependenciesFromLabel(other.labels).includes(container.serviceName)) visit(other);
    ordered.push(container);
  };
  for (const container of containers) visit(container);
  return ordered;
}
