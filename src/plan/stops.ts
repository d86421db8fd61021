import type { ObservedContainer } from "../observed-state.ts";
import type { PlanBuilder } from "./plan-builder.ts";

/** Index of the operation that stops a container, by its id: whatever reasons there are, it is stopped once. */
export type Stops = Map<string, number>;

export function isAlive({ state }: ObservedContainer): boolean {
  return state === "running" || state === "restarting" || state === "paused";
}

/** Plans the stop of a container; gives what waits for it. */
export function stopOnce(
  container: ObservedContainer,
  cause: string,
  after: readonly number[],
  stops: Stops,
  builder: PlanBuilder,
): readonly number[] {
  const planned = stops.get(container.id);
  if (planned !== undefined) return [...after, planned];
  const { id, name, serviceName, number } = container;
  const index = builder.add({ kind: "stop-container", serviceName, number, container: { id, name } }, cause, after);
  stops.set(id, index);
  return [index];
}

/** Plans the end of a container that nothing else in the plan touches; gives the index of its removal. */
export function stopAndRemove(container: ObservedContainer, cause: string, builder: PlanBuilder): number {
  const { id, name, serviceName, number } = container;
  const target = { serviceName, number, container: { id, name } } as const;
  const stopped = isAlive(container) ? [builder.add({ kind: "stop-container", ...target }, cause)] : [];
  return builder.add({ kind: "remove-container", ...target }, cause, stopped);
}
