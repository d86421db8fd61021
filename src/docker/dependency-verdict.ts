import type { Operation } from "../plan.ts";
import type { ContainerInspect } from "./observed-container.ts";

export type DependencyVerdict =
  | { readonly met: "yes" }
  | { readonly met: "not-yet" }
  | { readonly met: "never"; readonly because: string };

type Condition = Extract<Operation, { readonly kind: "await-service" }>["condition"];

/** Whether a dependency's containers meet its condition, in Docker Compose's words. Source: compose.md §4.5. */
export function dependencyVerdict(
  condition: Condition,
  serviceName: string,
  containers: readonly ContainerInspect[],
): DependencyVerdict {
  if (containers.length === 0) return { met: "never", because: `no container of dependency ${serviceName} exists` };
  return condition === "service_healthy" ? healthyVerdict(containers) : completedVerdict(serviceName, containers);
}

function healthyVerdict(containers: readonly ContainerInspect[]): DependencyVerdict {
  for (const { Name, State, Config } of containers) {
    const name = Name.slice(1);
    if (State.Status === "exited" || State.Status === "dead")
      return { met: "never", because: `dependency failed to start: container ${name} exited (${State.ExitCode})` };
    if (State.Health?.Status === "unhealthy")
      return { met: "never", because: `dependency failed to start: container ${name} is unhealthy` };
    const test = Config.Healthcheck?.Test?.[0];
    if (test === undefined || test === "NONE")
      return { met: "never", because: `container ${name} has no healthcheck configured` };
  }
  return { met: containers.every(({ State }) => State.Health?.Status === "healthy") ? "yes" : "not-yet" };
}

function completedVerdict(serviceName: string, containers: readonly ContainerInspect[]): DependencyVerdict {
  const ended = containers.find(({ State }) => State.Status === "exited" || State.Status === "dead");
  if (!ended) return { met: "not-yet" };
  if (ended.State.ExitCode === 0) return { met: "yes" };
  return {
    met: "never",
    because: `service "${serviceName}" didn't complete successfully: exit ${ended.State.ExitCode}`,
  };
}

/** The next step for whoever reads that a dependency is not what others wait for. */
export function dependencyHint(because: string, serviceName: string): string {
  return because.includes("has no healthcheck configured")
    ? `Give ${serviceName} a healthcheck, or wait for it with \`condition: service_started\`.`
    : `Look at the log of ${serviceName}: that is where it says why.`;
}
