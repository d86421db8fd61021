import { dependenciesFromLabel, isServing } from "../label.ts";
import type { ObservedContainer } from "../observed-state.ts";
import type { ServiceStatus } from "../stack.ts";

/** What each service is, by the containers that stand for it; retained ones and one-offs are nobody's. Pure. */
export function serviceStatuses(containers: readonly ObservedContainer[]): readonly ServiceStatus[] {
  const serving = containers.filter(isServing);
  const names = [...new Set(serving.map((container) => container.serviceName))].sort();
  return names.map((name) =>
    serviceStatus(
      name,
      serving.filter((container) => container.serviceName === name),
    ),
  );
}

function serviceStatus(name: string, containers: readonly ObservedContainer[]): ServiceStatus {
  const [first] = containers;
  return {
    name,
    state: worstState(containers),
    health: worstHealth(containers),
    image: first?.image ?? "",
    digest: first?.imageId ?? null,
    dependsOn: dependenciesFromLabel(first?.labels ?? {}),
    containers: containers.map((container) => ({
      id: container.id,
      name: container.name,
      state: container.state,
      health: container.health,
      startedAt: container.startedAt,
      restarts: container.restartCount,
    })),
  };
}

/** A job that ended with code 0 has "completed"; otherwise the least alive container speaks for its service. */
function worstState(containers: readonly ObservedContainer[]): string {
  const completed = (one: ObservedContainer): boolean =>
    one.state === "exited" && one.exitCode === 0 && one.restartPolicy !== "always";
  if (containers.every(completed)) return "completed";
  const order = ["dead", "exited", "restarting", "paused", "removing", "created"];
  return (
    order.find((state) => containers.some((container) => container.state === state && !completed(container))) ??
    "running"
  );
}

function worstHealth(containers: readonly ObservedContainer[]): string {
  return (
    ["unhealthy", "starting", "healthy"].find((health) => containers.some((one) => one.health === health)) ?? "none"
  );
}
