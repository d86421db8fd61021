import { COMPOSE_LABEL, dependenciesFromLabel } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { Plan } from "../plan.ts";
import { imageOf, type Project } from "../project.ts";
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
  /** Containers of these services alone; without a file, of what depends on them, too. Absent or empty: of all. */
  readonly serviceNames?: readonly string[];
  /** Images that nothing else needs go too: those built for the project, or all that it names. */
  readonly images?: "local" | "all";
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
  for (const image of imagesToRemove(observed, options.scope))
    builder.add({ kind: "remove-image", image }, options.cause, removals);
  return builder.build();
}

/** With orphans the one-offs of every service that is taken down go as well, also while they run. Source: docker/compose `down`. */
function containersWithin(observed: ObservedState, scope: DownScope | undefined): readonly ObservedContainer[] {
  if (!scope) return observed.containers;
  const { project, removeOrphans } = scope;
  const orphans = new Set(project && removeOrphans ? composeOrphansOf(project, observed) : []);
  const named = namedServices(observed, scope);
  const isOwn = ({ serviceName }: ObservedContainer): boolean =>
    (!project || project.services[serviceName] !== undefined) && (!named || named.has(serviceName));
  return observed.containers.filter((one) => orphans.has(one) || (isOwn(one) && (removeOrphans || !one.oneOff)));
}

/** Null when all are meant. */
function namedServices(
  { containers }: ObservedState,
  { project, serviceNames = [] }: DownScope,
): ReadonlySet<string> | null {
  if (serviceNames.length === 0) return null;
  const named = new Set(serviceNames);
  // A file was loaded for these services: then what depends on them is not in it.
  if (project) return named;
  for (const name of named)
    for (const { serviceName, labels } of containers)
      if (dependenciesFromLabel(labels).includes(name)) named.add(serviceName);
  return named;
}

/**
 * References of those that are here. What was built for the project bears its label; what has no name in the file was built, too.
 * Source: docker/compose `ImagesToPrune`.
 */
function imagesToRemove({ project: name, containers, images }: ObservedState, scope?: DownScope): readonly string[] {
  if (!scope?.images) return [];
  const { project } = scope;
  const services = Object.entries(project?.services ?? {});
  const unnamed = new Set(
    project ? services.flatMap(([key, { image }]) => (image ? [] : [imageOf(project, key)])) : [],
  );
  const used = project ? services.map(([key]) => imageOf(project, key)) : containers.map(({ image }) => image);
  const isBuilt = (image: string): boolean =>
    unnamed.has(image) || images[image]?.labels[COMPOSE_LABEL.project] === name;
  return [...new Set(used)].filter((image) => images[image] && (scope.images === "all" || isBuilt(image))).sort();
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
