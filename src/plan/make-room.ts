import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { Port, Project } from "../project.ts";
import type { PlanBuilder } from "./plan-builder.ts";
import { orphansOf } from "./plan-orphans.ts";
import type { ProjectSlots } from "./project-slots.ts";
import { isAlive, type Stops, stopOnce } from "./stops.ts";

export interface RoomOptions {
  /** Orphans are going to be removed: they may be in nobody's way. */
  readonly prune?: boolean;
}

/**
 * Host ports that a service publishes and that a container of another one still holds which leaves in this pass: it stops first. A port
 * that moved from one service to another, or came with a service's new name, could not be bound otherwise. Gives the stops.
 */
export function makeRoom(
  project: Project,
  observed: ObservedState,
  slots: ProjectSlots,
  serviceName: string,
  before: readonly number[],
  { prune = false }: RoomOptions,
  stops: Stops,
  builder: PlanBuilder,
): readonly number[] {
  const wanted = new Set((project.services[serviceName]?.ports ?? []).flatMap(hostPortsOf));
  const leaving = [...incumbentsBeside(slots, serviceName), ...(prune ? orphansOf(project, observed) : [])];
  return leaving.filter(isAlive).flatMap((container) => {
    const port = container.hostPorts?.find((one) => wanted.has(one));
    if (port === undefined) return [];
    stopOnce(container, `holds port ${port}, which ${serviceName} publishes now`, before, stops, builder);
    return stops.get(container.id) ?? [];
  });
}

function incumbentsBeside(slots: ProjectSlots, serviceName: string): readonly ObservedContainer[] {
  const others = [...slots].filter(([name]) => name !== serviceName).flatMap(([, places]) => places);
  return others.flatMap(({ incumbent }) => incumbent ?? []);
}

/** `8080/tcp` of what is published for good; a range is all of its ports, of which the Engine takes any. */
function hostPortsOf({ published, protocol = "tcp" }: Port): readonly string[] {
  const [first = 0, last = first] = (published ?? "").split("-").map(Number);
  if (!published || !(last - first < 1_000)) return [];
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol}`);
}
