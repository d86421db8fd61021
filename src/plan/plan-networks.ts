import { TallymanError } from "../error.ts";
import { COMPOSE_LABEL, isRetainedName } from "../label.ts";
import type { ObservedContainer, ObservedNetwork, ObservedState } from "../observed-state.ts";
import type { NetworkPlace } from "../plan.ts";
import type { Network, Project } from "../project.ts";
import { dependencyOrder } from "./dependency-order.ts";
import type { PlanBuilder } from "./plan-builder.ts";
import { finalNameOf } from "./service-slots.ts";
import { isAlive, type Stops, stopOnce } from "./stops.ts";

/**
 * Creates missing networks and makes those anew whose definition changed; their containers stay who they are. Gives what containers
 * wait for. Throws EngineRefused for a network that is somebody else's.
 */
export function planNetworks(
  project: Project,
  observed: ObservedState,
  before: readonly number[],
  stops: Stops,
  builder: PlanBuilder,
): readonly number[] {
  return Object.entries(project.networks).flatMap(([networkKey, network]) => {
    const existing = observed.networks.find((candidate) => candidate.name === network.name);
    if (network.external) requireExternal(network, existing);
    else if (!existing)
      return [builder.add({ kind: "create-network", networkKey, name: network.name }, "network is missing")];
    else if (isChanged(project, networkKey, existing))
      return replaceNetwork(project, observed, { networkKey, networkName: network.name }, before, stops, builder);
    return [];
  });
}

function requireExternal(network: Network, existing: ObservedNetwork | undefined): void {
  if (existing) return;
  throw new TallymanError("EngineRefused", `network ${network.name} declared as external, but could not be found`, {
    hint: `Create it with \`docker network create ${network.name}\`, or take \`external\` away.`,
  });
}

/** One without a hash of Compose's is never torn down. */
function isChanged(project: Project, networkKey: string, { name, labels }: ObservedNetwork): boolean {
  const label = labels[COMPOSE_LABEL.network];
  const hint = `Remove that network, or declare it as \`external: true\` under networks.${networkKey}.`;
  if (label !== networkKey) {
    throw new TallymanError(
      "EngineRefused",
      `network ${name} was found but has incorrect label ${COMPOSE_LABEL.network} set to "${label ?? ""}" (expected: "${networkKey}")`,
      { hint },
    );
  }
  const hash = labels[COMPOSE_LABEL.configHash];
  if (hash === undefined || hash === project.hashes.networks[networkKey]) return false;
  const owner = labels[COMPOSE_LABEL.project];
  if (owner === project.name) return true;
  throw new TallymanError(
    "EngineRefused",
    `network ${name} differs from networks.${networkKey} and belongs to project "${owner ?? ""}"`,
    { hint },
  );
}

/**
 * The services' containers stop, everything in it is taken out, and afterwards put in again: a service's containers with what the file
 * says, others (orphans, one-offs) while they run. Source: docker/compose `removeDivergedNetwork`; the reconnection as of 5.2.
 */
function replaceNetwork(
  project: Project,
  observed: ObservedState,
  place: NetworkPlace,
  before: readonly number[],
  stops: Stops,
  builder: PlanBuilder,
): readonly number[] {
  const cause = `definition of network ${place.networkKey} changed`;
  const { networkKey, networkName: name } = place;
  requireOwn(observed, place);
  const attached = dependentsFirst(
    project,
    observed.containers.filter((one) => one.networks.some((network) => network.name === name)),
  );
  const out = attached.map((container) => {
    const dependents = attached.filter((other) => dependsOn(project, other, container));
    const after = [...before, ...dependents.flatMap(({ id }) => stops.get(id) ?? [])];
    const stopped = mustStop(project, container) ? stopOnce(container, cause, after, stops, builder) : before;
    return builder.add({ kind: "disconnect-network", ...targetOf(container), ...place }, cause, stopped);
  });
  const removed = builder.add({ kind: "remove-network", networkKey, name }, cause, [...before, ...out]);
  const made = builder.add({ kind: "create-network", networkKey, name }, cause, [removed]);
  const back = attached.map((container) => {
    const finalName = nameInNetwork(project, container);
    return builder.add({ kind: "connect-network", ...targetOf(container), ...place, finalName }, cause, [made]);
  });
  return [made, ...back];
}

/** Told while everything still runs: the Engine removes no network in which something else is. */
function requireOwn({ networks, containers }: ObservedState, { networkKey, networkName }: NetworkPlace): void {
  const members = networks.find(({ name }) => name === networkName)?.members ?? [];
  const guests = members.filter(({ id }) => !containers.some((own) => own.id === id)).map(({ name }) => name);
  if (guests.length === 0) return;
  throw new TallymanError(
    "EngineRefused",
    `networks.${networkKey}: the definition changed, and ${networkName} can't be replaced while ${guests.join(", ")} of another project uses it`,
    { hint: `Take it out: \`docker network disconnect ${networkName} ${guests[0]}\`, then try again.` },
  );
}

function dependentsFirst(project: Project, containers: readonly ObservedContainer[]): readonly ObservedContainer[] {
  const order = dependencyOrder(project);
  return [...containers].sort((a, b) => order.indexOf(b.serviceName) - order.indexOf(a.serviceName));
}

function dependsOn(project: Project, one: ObservedContainer, other: ObservedContainer): boolean {
  return project.services[one.serviceName]?.depends_on?.[other.serviceName] !== undefined;
}

function mustStop(project: Project, container: ObservedContainer): boolean {
  return isAlive(container) && !container.oneOff && project.services[container.serviceName] !== undefined;
}

/** Not the temporary name that a retained container bears. */
function nameInNetwork(project: Project, { serviceName, number, name }: ObservedContainer): string {
  return isRetainedName(name) ? finalNameOf(project, serviceName, number) : name;
}

function targetOf({ id, name, serviceName, number }: ObservedContainer) {
  return { serviceName, number, container: { id, name } };
}
