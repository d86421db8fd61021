import { COMPOSE_LABEL, dependenciesFromLabel } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { Plan } from "../plan.ts";
import type { Project } from "../project.ts";
import { PlanBuilder } from "./plan-builder.ts";
import { composeOrphansOf } from "./plan-orphans.ts";
import { isAlive } from "./stops.ts";

export interface DownOptions {
  /** Named and anonymous ones: their data is lost. */
  readonly volumes: boolean;
  readonly cause: string;
  /** As `docker compose down`: no more than this. Absent: everything that bears the project's label. */
  readonly scope?: DownScope;
}

export interface DownScope {
  /** Null when there is no file: then the labels tell what belongs to the project. */
  readonly project: Project | null;
  readonly removeOrphans: boolean;
}

/**
 * Takes a project down: containers (dependents first), then networks, then, only when asked, volumes.
 * Source: docker/compose `down`; the depends_on label carries the graph.
 */
export function planDown(observed: ObservedState, options: DownOptions): Plan {
  const builder = new PlanBuilder(observed.project);
  const stops = new Map<string, number[]>();
  const removals: number[] = [];
  const containers = containersWithin(observed, options.scope);
  for (const container of dependentsFirst(containers)) {
    const { id, name, serviceName, number } = container;
    const target = { serviceName, number, container: { id, name } } as const;
    const dependents = containers.filter((other) => dependenciesFromLabel(other.labels).includes(serviceName));
    const before = dependents.flatMap((dependent) => stops.get(dependent.serviceName) ?? []);
    const stopped = builder.add({ kind: "stop-container", ...target }, options.cause, before);
    stops.set(serviceName, [...(stops.get(serviceName) ?? []), stopped]);
    const volumes = options.volumes ? ({ volumes: true } as const) : {};
    removals.push(builder.add({ kind: "remove-container", ...target, ...volumes }, options.cause, [stopped]));
  }
  planNetworksAndVolumes(observed, options, removals, builder);
  return builder.build();
}

/** With orphans the one-offs of every service that is taken down go as well, also while they run. Source: docker/compose `down`. */
function containersWithin(observed: ObservedState, scope: DownScope | undefined): readonly ObservedContainer[] {
  if (!scope) return observed.containers;
  const { project, removeOrphans } = scope;
  const orphans = new Set(project && removeOrphans ? composeOrphansOf(project, observed) : []);
  const isOwn = (one: ObservedContainer): boolean => !project || project.services[one.serviceName] !== undefined;
  return observed.containers.filter((one) => orphans.has(one) || (isOwn(one) && (removeOrphans || !one.oneOff)));
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
  { volumes, cause, scope }: DownOptions,
  removals: readonly number[],
  builder: PlanBuilder,
): void {
  const { project } = scope ?? {};
  for (const { name, labels } of owned(observed, observed.networks, project?.networks)) {
    const networkKey = labels[COMPOSE_LABEL.network] ?? name;
    builder.add({ kind: "remove-network", networkKey, name }, cause, removals);
  }
  if (!volumes) return;
  for (const { name, labels } of owned(observed, observed.volumes, project?.volumes)) {
    const volumeKey = labels[COMPOSE_LABEL.volume] ?? name;
    builder.add({ kind: "remove-volume", volumeKey, name }, cause, removals);
  }
}

interface Labelled {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What bears the project's label and, where a file is known, stands in it. */
function owned<Thing extends Labelled>(
  observed: ObservedState,
  things: readonly Thing[],
  declared: Readonly<Record<string, { readonly name: string; readonly external?: boolean }>> | undefined,
): readonly Thing[] {
  const names = declared && Object.values(declared).flatMap(({ name, external }) => (external ? [] : [name]));
  const own = things.filter(({ labels }) => labels[COMPOSE_LABEL.project] === observed.project);
  return own.filter(({ name }) => !names || names.includes(name));
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
