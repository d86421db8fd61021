import type Docker from "dockerode";
import { TallymanError } from "../error.ts";
import { expectedReplicas, type Project, type Service, type ServiceNetwork } from "../project.ts";
import type { ContainerRequest } from "./container-request.ts";
import { apiAtLeast } from "./engine-client.ts";
import { given } from "./given.ts";

/** A container's place in one network. */
export interface Endpoint {
  /** The network's name on the Engine. */
  readonly network: string;
  readonly settings: Docker.EndpointSettings;
}

export interface NetworkOptions {
  readonly hostConfig: Docker.HostConfig;
  readonly endpoints: Record<string, Docker.EndpointSettings>;
  readonly later: readonly Endpoint[];
  /** Before API 1.44 the address belongs to the container, afterwards to its endpoint. */
  readonly macAddress: string | undefined;
}

/** Namespace, endpoints, names and addresses. Source: compose.md §3.5. */
export function networkOptions(request: ContainerRequest, service: Service): NetworkOptions {
  const common = resolverOptions(service);
  const mode = networkMode(service, request);
  const severalAtOnce = apiAtLeast(request.apiVersion, "1.44");
  checkMacAddresses(request, service, severalAtOnce);
  checkInterfaceNames(request, service);
  const macAddress = severalAtOnce ? undefined : service.mac_address;
  if (mode !== null) return { hostConfig: { ...common, NetworkMode: mode }, endpoints: {}, later: [], macAddress };
  const links = linksOf(request, service);
  const all = networksByPriority(service).map((networkKey, index) =>
    endpoint(request, service, networkKey, index, links),
  );
  const [first, ...others] = all;
  return {
    hostConfig: {
      ...common,
      NetworkMode: first?.network ?? "none",
      ...given("Links", links.length > 0 ? links : undefined),
    },
    endpoints: Object.fromEntries((severalAtOnce ? all : all.slice(0, 1)).map((each) => [each.network, each.settings])),
    later: severalAtOnce ? [] : others,
    macAddress: macAddress ?? (severalAtOnce ? undefined : first?.settings.MacAddress),
  };
}

/** Throws ComposeInvalid or ComposeUnsupported, in Docker Compose's words. Source: docker/compose `prepareContainerMACAddress`. */
function checkMacAddresses({ operation }: ContainerRequest, service: Service, severalAtOnce: boolean): void {
  const { networks = {}, mac_address: own } = service;
  const [main = ""] = networksByPriority(service);
  const mains = networks[main]?.mac_address;
  const where = `services.${operation.serviceName}`;
  if (own && mains && mains !== own)
    throw new TallymanError(
      "ComposeInvalid",
      `${where}: the service-level mac_address should have the same value as network ${main}`,
      { hint: `Keep one of mac_address and networks.${main}.mac_address.` },
    );
  const several = Object.keys(networks).filter((key) => networks[key]?.mac_address);
  if (severalAtOnce || several.length <= 1) return;
  throw new TallymanError(
    "ComposeUnsupported",
    `${where}: a MAC address is specified for multiple networks (${several.join(", ")}), but this feature requires Docker Engine v25 or later`,
    { hint: "Keep one of them, or update the Engine." },
  );
}

/** An older Engine would give the interface a name of its own without a word. */
function checkInterfaceNames({ operation, apiVersion }: ContainerRequest, { networks = {} }: Service): void {
  const named = Object.keys(networks).find((key) => networks[key]?.interface_name);
  if (named === undefined || apiAtLeast(apiVersion, "1.49")) return;
  throw new TallymanError(
    "ComposeUnsupported",
    `services.${operation.serviceName}.networks.${named}: interface_name requires Docker Engine v28.1 or later`,
    { hint: "Take interface_name out, or update the Engine." },
  );
}

/** `service:x` as `container:<id>`; anything else as it is. */
export function namespaceMode(mode: string | undefined, { containerIds }: ContainerRequest): string | undefined {
  const serviceName = mode?.startsWith("service:") ? mode.slice("service:".length) : null;
  return serviceName === null ? mode : `container:${containerIds[serviceName] ?? ""}`;
}

/** Null when the container gets endpoints of its own. */
function networkMode(service: Service, request: ContainerRequest): string | null {
  if (service.network_mode) return namespaceMode(service.network_mode, request) ?? null;
  return Object.keys(request.project.networks).length === 0 ? "none" : null;
}

function networksByPriority(service: Service): readonly string[] {
  const networks = service.networks ?? { default: null };
  const priority = (key: string) => networks[key]?.priority ?? 0;
  return Object.keys(networks).sort((a, b) => priority(b) - priority(a) || (a < b ? -1 : 1));
}

/** What an endpoint depends on. */
type EndpointRequest = Pick<ContainerRequest, "project" | "apiVersion"> & {
  readonly operation: Pick<ContainerRequest["operation"], "serviceName" | "number" | "finalName">;
};

/** A container's place in one network that it joins after its creation; bare names when the service says nothing about that network. */
export function endpointSettings(request: EndpointRequest, networkKey: string): Docker.EndpointSettings {
  const service = request.project.services[request.operation.serviceName] ?? { command: null, entrypoint: null };
  const index = networksByPriority(service).indexOf(networkKey);
  return endpoint(request, service, networkKey, index, linksOf(request, service)).settings;
}

function endpoint(
  request: EndpointRequest,
  service: Service,
  networkKey: string,
  index: number,
  links: readonly string[],
): Endpoint {
  const config = service.networks?.[networkKey] ?? null;
  const hasOwnMac = index === 0 && apiAtLeast(request.apiVersion, "1.44");
  const settings = {
    Aliases: [request.operation.finalName, request.operation.serviceName, ...(config?.aliases ?? [])],
    ...given("Links", links.length > 0 ? [...links] : undefined),
    ...given("MacAddress", config?.mac_address ?? (hasOwnMac ? service.mac_address : undefined)),
    ...given("IPAddress", config?.ipv4_address),
    // Docker Compose puts the address there, and the Engine takes no notice.
    ...given("IPv6Gateway", config?.ipv6_address),
    ...(config ? { IPAMConfig: addresses(config) } : {}),
    ...given("DriverOpts", driverOptions(config, request.apiVersion)),
    ...given("GwPriority", apiAtLeast(request.apiVersion, "1.48") ? config?.gw_priority : undefined),
  };
  // The package's type wants every field of an inspect answer; the Engine wants only these.
  return {
    network: request.project.networks[networkKey]?.name ?? networkKey,
    settings: settings as Docker.EndpointSettings,
  };
}

function addresses(config: ServiceNetwork): object {
  return {
    ...given("IPv4Address", config.ipv4_address),
    ...given("IPv6Address", config.ipv6_address),
    ...given("LinkLocalIPs", config.link_local_ips),
  };
}

function driverOptions(config: ServiceNetwork | null, apiVersion: string): Record<string, string> | undefined {
  const interfaceName = apiAtLeast(apiVersion, "1.49") ? config?.interface_name : undefined;
  if (!config?.driver_opts && !interfaceName) return undefined;
  return { ...config?.driver_opts, ...given("com.docker.network.endpoint.ifname", interfaceName) };
}

/**
 * `container:alias` for every container of every linked service, under each name it may be called by. The number in those names is the
 * linking container's own, as Docker Compose has it.
 */
function linksOf({ project, operation }: EndpointRequest, service: Service): string[] {
  const links = (service.links ?? []).flatMap((link) => {
    const [serviceName = "", alias = serviceName] = link.split(":");
    return containerNames(project, serviceName).flatMap((name) => [
      `${name}:${alias}`,
      `${name}:${serviceName}-${operation.number}`,
      `${name}:${project.name}-${serviceName}-${operation.number}`,
    ]);
  });
  const external = (service.external_links ?? []).map((link) => (link.includes(":") ? link : `${link}:${link}`));
  return [...links, ...external];
}

function containerNames(project: Project, serviceName: string): readonly string[] {
  const service = project.services[serviceName];
  const count = service ? expectedReplicas(service) : 0;
  return Array.from(
    { length: count },
    (_, index) => service?.container_name ?? `${project.name}-${serviceName}-${index + 1}`,
  );
}

/** Name resolution, which every kind of network mode but `host` and `container` looks at. */
function resolverOptions(service: Service): Docker.HostConfig {
  return {
    ...given("Dns", service.dns && [...service.dns]),
    ...given("DnsSearch", service.dns_search && [...service.dns_search]),
    ...given("DnsOptions", service.dns_opt && [...service.dns_opt]),
    ...given("ExtraHosts", service.extra_hosts?.map(hostEntry)),
  };
}

/** `host=ip` as `host:ip`, brackets of an IPv6 address taken away. */
function hostEntry(entry: string): string {
  const [host = "", address = ""] = entry.split(/[=:](.*)/s, 2);
  return `${host}:${address.replace(/^\[(.*)\]$/, "$1")}`;
}
