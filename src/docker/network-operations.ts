import type Docker from "dockerode";
import type { PerformContext, PerformResult } from "../engine.ts";
import { TallymanError } from "../error.ts";
import { COMPOSE_LABEL } from "../label.ts";
import type { ObservedState } from "../observed-state.ts";
import type { Operation } from "../plan.ts";
import type { Network } from "../project.ts";
import { networkLabels } from "./compose-labels.ts";
import { containerId } from "./container-operations.ts";
import { apiAtLeast, type EngineClient } from "./engine-client.ts";
import { engineText, statusOf } from "./engine-error.ts";
import { given } from "./given.ts";
import { endpointSettings } from "./network-options.ts";

type Of<Kind extends Operation["kind"]> = Extract<Operation, { readonly kind: Kind }>;
type CreateNetwork = Of<"create-network">;

/** Creates a network as the file describes it. One that somebody made for this project in the meantime is taken as it is. */
export async function createNetwork(
  client: EngineClient,
  operation: CreateNetwork,
  context: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  const { apiVersion } = await client.version(signal);
  const body = networkBody(operation, context, apiVersion);
  try {
    const what = `create network ${operation.name}`;
    const answer = await client.call<{ Warning?: string }>(
      { method: "POST", path: "/networks/create", body, what },
      signal,
    );
    return { warnings: answer.Warning ? [answer.Warning] : [] };
  } catch (error) {
    if (statusOf(error) === 409 && (await existsForProject(client, operation, context, signal))) return {};
    throw error;
  }
}

/** What `POST /networks/create` must be sent. Source: compose.md §3.5. */
export function networkBody(
  operation: CreateNetwork,
  { project, labels }: Pick<PerformContext, "project" | "labels">,
  apiVersion: string,
): object {
  const network = project.networks[operation.networkKey];
  return {
    Name: operation.name,
    ...given("CheckDuplicate", apiAtLeast(apiVersion, "1.44") ? undefined : true),
    ...given("Driver", network?.driver),
    ...given("Options", network?.driver_opts),
    Internal: network?.internal ?? false,
    Attachable: network?.attachable ?? false,
    ...given("EnableIPv4", apiAtLeast(apiVersion, "1.47") ? network?.enable_ipv4 : undefined),
    ...given("EnableIPv6", network?.enable_ipv6),
    ...given("IPAM", addressManagement(network)),
    Labels: networkLabels(project, operation.networkKey, labels),
  };
}

function addressManagement(network: Network | undefined): object | undefined {
  const ipam = network?.ipam;
  if (!ipam?.driver && !ipam?.config?.length) return undefined;
  return {
    ...given("Driver", ipam.driver),
    ...given("Options", ipam.options),
    Config: (ipam.config ?? []).map((pool) => ({
      ...given("Subnet", pool.subnet),
      ...given("IPRange", pool.ip_range),
      ...given("Gateway", pool.gateway),
      ...given("AuxiliaryAddresses", pool.aux_addresses),
    })),
  };
}

/** Throws EngineRefused when what is there is the one that should have given way. */
async function existsForProject(
  client: EngineClient,
  { name, networkKey }: CreateNetwork,
  { project }: PerformContext,
  signal: AbortSignal,
): Promise<boolean> {
  const all = await client.call<readonly Docker.NetworkInspectInfo[]>(
    { method: "GET", path: "/networks", what: "list networks" },
    signal,
  );
  const found = all.find(({ Name, Labels }) => Name === name && Labels?.[COMPOSE_LABEL.project] === project.name);
  const hash = found?.Labels?.[COMPOSE_LABEL.configHash];
  if (hash === undefined || hash === project.hashes.networks[networkKey]) return found !== undefined;
  throw new TallymanError(
    "EngineRefused",
    `networks.${networkKey}: the definition changed, and ${name} can't be replaced while others use it.`,
    {
      hint: `\`docker network inspect ${name}\` names the containers in it; disconnect those that are not of this project.`,
    },
  );
}

/** Removing what is gone succeeds; a network that is still in use stays, with a warning. */
export async function removeNetwork(
  client: EngineClient,
  { name }: Of<"remove-network">,
  { observed }: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  const path = networkPath(observed, name);
  try {
    await client.call({ method: "DELETE", path, what: `remove network ${name}` }, signal);
    return {};
  } catch (error) {
    if (statusOf(error) === 404) return {};
    if (/active endpoints|in use/i.test(engineText(error)))
      return { warnings: [`Network ${name} is still in use; it stays.`] };
    throw error;
  }
}

/** Takes a container out of a network, also while it runs; one that is not in it, or gone, counts as done. */
export async function disconnectNetwork(
  client: EngineClient,
  { container, networkName }: Of<"disconnect-network">,
  { observed, created }: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  const path = `${networkPath(observed, networkName)}/disconnect`;
  const body = { Container: containerId(container, created), Force: true };
  const what = `disconnect ${container.name} from network ${networkName}`;
  try {
    await client.call({ method: "POST", path, body, what }, signal);
  } catch (error) {
    if (statusOf(error) !== 404 && !/is not connected to/i.test(engineText(error))) throw error;
  }
  return {};
}

/** Puts a container into a network, under the names and addresses that the file gives it there; one that is in it already stays. */
export async function connectNetwork(
  client: EngineClient,
  { serviceName, number, container, networkKey, networkName, finalName }: Of<"connect-network">,
  { project, created }: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  const { apiVersion } = await client.version(signal);
  const settings = endpointSettings({ project, apiVersion, operation: { serviceName, number, finalName } }, networkKey);
  // By name: the network was made after the host was observed.
  const path = `/networks/${encodeURIComponent(networkName)}/connect`;
  const body = { Container: containerId(container, created), EndpointConfig: settings };
  try {
    await client.call(
      { method: "POST", path, body, what: `connect ${container.name} to network ${networkName}` },
      signal,
    );
  } catch (error) {
    if (!/already (exists in|attached to|connected to) network|no such container/i.test(engineText(error))) throw error;
  }
  return {};
}

/** The Engine also takes a prefix of an id, so a name could hit another network: the id can't. */
function networkPath(observed: ObservedState, name: string): string {
  const id = observed.networks.find((network) => network.name === name)?.id ?? name;
  return `/networks/${encodeURIComponent(id)}`;
}
