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
 * Host ports and fixed addresses that a service has, and that a container of another one still holds which leaves in this pass: it stops
 * first. What moved from one service to another, or came with a service's new name, could not be had otherwise. Gives the stops.
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
  const wanted = new Set([...portsOf(project, serviceName), ...addressesOf(project, serviceName)]);
  const leaving = [...incumbentsBeside(slots, serviceName), ...(prune ? orphansOf(project, observed) : [])];
  return leaving.filter(isAlive).flatMap((container) => {
    const held = heldBy(container).find((one) => wanted.has(one));
    if (held === undefined) return [];
    stopOnce(container, `holds ${held}, which ${serviceName} has now`, before, stops, builder);
    return stops.get(container.id) ?? [];
  });
}

/** In the words that also say what is wanted: `port 8080/tcp`, `address 10.0.0.5 in shop_default`. */
function heldBy({ hostPorts = [], networks }: ObservedContainer): readonly string[] {
  const addresses = networks.flatMap(({ name, addresses: own = [] }) => own.map((one) => address(one, name)));
  return [...hostPorts.map((port) => `port ${port}`), ...addresses];
}

function portsOf({ services }: Project, serviceName: string): readonly string[] {
  return (services[serviceName]?.ports ?? []).flatMap(hostPortsOf).map((port) => `port ${port}`);
}

function addressesOf({ services, networks }: Project, serviceName: string): readonly string[] {
  return Object.entries(services[serviceName]?.networks ?? {}).flatMap(([networkKey, place]) =>
    [place?.ipv4_address, place?.ipv6_address].flatMap((fixed) =>
      fixed ? [address(fixed, networks[networkKey]?.name ?? networkKey)] : [],
    ),
  );
}

function address(text: string, networkName: string): string {
  return `address ${text.toLowerCase()} in ${networkName}`;
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
