import type Docker from "dockerode";
import type { PerformContext, PerformResult } from "../engine.ts";
import { COMPOSE_LABEL } from "../label.ts";
import type { Operation } from "../plan.ts";
import type { Network } from "../project.ts";
import { networkLabels } from "./compose-labels.ts";
import { apiAtLeast, type EngineClient } from "./engine-client.ts";
import { engineText, statusOf } from "./engine-error.ts";
import { given } from "./given.ts";

type CreateNetwork = Extract<Operation, { readonly kind: "create-network" }>;
type RemoveNetwork = Extract<Operation, { readonly kind: "remove-network" }>;

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
    if (statusOf(error) === 409 && (await existsForProject(client, operation.name, context, signal))) return {};
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

async function existsForProject(
  client: EngineClient,
  name: string,
  { project }: PerformContext,
  signal: AbortSignal,
): Promise<boolean> {
  const all = await client.call<readonly Docker.NetworkInspectInfo[]>(
    { method: "GET", path: "/networks", what: "list networks" },
    signal,
  );
  return all.some(({ Name, Labels }) => Name === name && Labels?.[COMPOSE_LABEL.project] === project.name);
}

/** Removing what is gone succeeds; a network that is still in use stays, with a warning. */
export async function removeNetwork(
  client: EngineClient,
  { name }: RemoveNetwork,
  { observed }: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  // The Engine also takes a prefix of an id, so a name could hit another network: the id can't.
  const id = observed.networks.find((network) => network.name === name)?.id ?? name;
  try {
    await client.call(
      { method: "DELETE", path: `/networks/${encodeURIComponent(id)}`, what: `remove network ${name}` },
      signal,
    );
    return {};
  } catch (error) {
    if (statusOf(error) === 404) return {};
    if (/active endpoints|in use/i.test(engineText(error)))
      return { warnings: [`Network ${name} is still in use; it stays.`] };
    throw error;
  }
}
