import { expectedReplicas, isOneShot, type Project, type Service } from "../project.ts";
import { durationMs } from "../quantity.ts";
import type { UpdateConfig } from "../service-resources.ts";
import type { FailureAction } from "../stack.ts";

/** How the containers of one service are replaced. */
export interface RollingUpdate {
  /** So many at a time. */
  readonly parallelism: number;
  /** Pause between two batches, in milliseconds. */
  readonly delayMs: number;
  /** How long one without a healthcheck has to run before it counts as proven, in milliseconds. */
  readonly windowMs: number;
  /** The successor proves itself beside its predecessor, before that one stops. */
  readonly startFirst: boolean;
  /** So many of its containers may fail before the update ends. */
  readonly mayFail: number;
}

/** What a pass wants of a rolling update beside the file. */
export interface RollingOptions {
  /** A former release comes back: by `rollback_config`, not `update_config`. */
  readonly returning: boolean;
  /** The stack's own word, which overrules `failure_action`; null leaves it to the file. */
  readonly onFailure: FailureAction | null;
}

const DEFAULT_MONITOR = "5s";

/**
 * What the file says about replacing containers; null when it says nothing. Defaults and the meaning of 0 are Swarm's.
 * Source: Compose Deploy Specification, `update_config` and `rollback_config`.
 */
export function rollingUpdate(
  project: Project,
  serviceName: string,
  { returning, onFailure }: RollingOptions,
): RollingUpdate | null {
  const service = project.services[serviceName];
  const config = returning ? service?.deploy?.rollback_config : service?.deploy?.update_config;
  if (!service || !config || isOneShot(project, serviceName)) return null;
  const replicas = expectedReplicas(service);
  return {
    parallelism: (config.parallelism ?? 1) || Number.POSITIVE_INFINITY,
    delayMs: durationMs(config.delay ?? "0s"),
    windowMs: durationMs(config.monitor || DEFAULT_MONITOR),
    startFirst: config.order === "start-first" && startFirstObstacle(project, serviceName) === null,
    // To go on whatever fails is what "continue" asks for; the gate says afterwards what became of it.
    mayFail: (onFailure ?? config.failure_action) === "continue" ? replicas : toleratedFailures(config, replicas),
  };
}

/** Of this many replicas so many may fail: Swarm's `max_failure_ratio`, but never all of them. */
export function toleratedFailures(config: UpdateConfig | undefined, replicas: number): number {
  const ratio = config?.max_failure_ratio ?? 0;
  return Math.max(0, Math.min(Math.floor(ratio * replicas + Number.EPSILON * replicas), replicas - 1));
}

/** What watches over a service's containers: on the way back `rollback_config`, where there is one. */
export function watchingConfig({ deploy }: Service, returning: boolean): UpdateConfig | undefined {
  return (returning ? deploy?.rollback_config : undefined) ?? deploy?.update_config;
}

/** Why two containers of a service can't run side by side, in words; null when they can. */
export function startFirstObstacle(project: Project, serviceName: string): string | null {
  const service = project.services[serviceName];
  if (!service) return null;
  if (isOneShot(project, serviceName)) return "it is a job";
  if (service.container_name !== undefined) return "container_name can be borne by one container only";
  if (/^(host$|service:|container:)/.test(service.network_mode ?? ""))
    return `network_mode ${service.network_mode} leaves it no ports of its own`;
  const port = fixedPort(service);
  if (port !== null) return `host port ${port} can be taken by one container only`;
  return fixedAddress(service);
}

/** What the operator should know of `order: start-first` that cannot be had, one sentence per service. */
export function startFirstWarnings(project: Project): readonly string[] {
  return Object.entries(project.services).flatMap(([serviceName, { deploy }]) =>
    (["update_config", "rollback_config"] as const).flatMap((field) => {
      const obstacle = deploy?.[field]?.order === "start-first" ? startFirstObstacle(project, serviceName) : null;
      const where = `services.${serviceName}.deploy.${field}.order`;
      return obstacle === null
        ? []
        : [`${where}: start-first is not possible, as ${obstacle}; the old one stops first`];
    }),
  );
}

/** A range counts only when it has no port to spare for one container more. */
function fixedPort(service: Service): string | null {
  const fixed = (service.ports ?? []).find(({ published = "" }) => {
    const [first = 0, last = first] = published.split("-").map(Number);
    return first > 0 && last - first + 1 <= expectedReplicas(service);
  });
  return fixed?.published ?? null;
}

function fixedAddress(service: Service): string | null {
  const places = Object.entries(service.networks ?? {}).flatMap(([networkKey, place]) =>
    place?.ipv4_address || place?.ipv6_address || place?.mac_address || place?.link_local_ips?.length
      ? [networkKey]
      : [],
  );
  if (places[0] !== undefined) return `its address in network ${places[0]} is fixed`;
  return service.mac_address === undefined ? null : "its MAC address is fixed";
}
