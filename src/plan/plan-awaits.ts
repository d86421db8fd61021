import { isServing } from "../label.ts";
import type { ObservedState } from "../observed-state.ts";
import { type Dependency, expectedReplicas, type Project } from "../project.ts";
import type { PlanBuilder } from "./plan-builder.ts";

/** How long a pass waits for what a service depends on, in milliseconds. */
export interface WaitLimits {
  /** Null: as the healthcheck suggests. */
  readonly healthMs: number | null;
  readonly jobMs: number;
}

/**
 * Waits for the dependencies whose condition is not met already; a disabled one, or one of no replicas, is never waited for. However
 * many services depend on one, `awaits` has its wait once.
 */
export function planAwaits(
  project: Project,
  observed: ObservedState,
  serviceName: string,
  lastOf: ReadonlyMap<string, readonly number[]>,
  awaits: Map<string, number>,
  limits: WaitLimits | undefined,
  builder: PlanBuilder,
): readonly number[] {
  const declared = Object.entries(project.services[serviceName]?.depends_on ?? {});
  return declared.flatMap(([dependencyName, dependency]) => {
    const { condition, required } = dependency;
    const awaited = project.services[dependencyName];
    if (condition === "service_started" || !awaited || expectedReplicas(awaited) === 0) return [];
    const after = lastOf.get(dependencyName) ?? [];
    if (after.length === 0 && isMet(observed, dependencyName, dependency)) return [];
    const limitMs = condition === "service_healthy" ? limits?.healthMs : limits?.jobMs;
    const wait = limitMs == null ? {} : { limitMs };
    const operation = { kind: "await-service", serviceName: dependencyName, condition, required, ...wait } as const;
    const same = JSON.stringify(operation);
    const index = awaits.get(same) ?? builder.add(operation, `${serviceName} depends on it`, after);
    awaits.set(same, index);
    return [index];
  });
}

function isMet(observed: ObservedState, serviceName: string, { condition }: Dependency): boolean {
  const containers = observed.containers.filter((one) => one.serviceName === serviceName && isServing(one));
  if (containers.length === 0) return false;
  return containers.every((container) =>
    condition === "service_healthy"
      ? container.health === "healthy"
      : container.state === "exited" && container.exitCode === 0,
  );
}
