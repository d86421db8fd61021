import type Docker from "dockerode";
import { imageOf, type Service } from "../project.ts";
import { durationMs } from "../quantity.ts";
import { containerLabels } from "./compose-labels.ts";
import { type ContainerRequest, serviceOf } from "./container-request.ts";
import { deviceOptions } from "./device-options.ts";
import { given } from "./given.ts";
import { healthcheckOptions } from "./healthcheck-options.ts";
import { mountOptions } from "./mount-options.ts";
import { type Endpoint, networkOptions } from "./network-options.ts";
import { exposedPorts, portBindings } from "./port-options.ts";
import { resourceOptions } from "./resource-options.ts";
import { securityOptions } from "./security-options.ts";

export interface ContainerOptions {
  readonly query: Readonly<Record<string, string>>;
  readonly body: Docker.ContainerCreateOptions;
  /** Networks to connect right after create: an Engine before API 1.44 takes only one at create. */
  readonly laterEndpoints: readonly Endpoint[];
}

/**
 * What `POST /containers/create` must be sent for one container of a service, equal to what Docker Compose sends.
 * Throws ComposeUnsupported or ComposeInvalid, naming the attribute. Source: compose.md §3.
 */
export function containerOptions(request: ContainerRequest): ContainerOptions {
  const { project, operation, observed, labels } = request;
  const service = serviceOf(request);
  const network = networkOptions(request, service);
  return {
    query: { name: operation.name, ...given("platform", service.platform) },
    body: {
      ...processOptions(service),
      Image: operation.imageId ?? imageOf(project, operation.serviceName),
      Labels: { ...containerLabels(project, operation, observed, labels) },
      ...given("ExposedPorts", exposedPorts(service)),
      ...given("Healthcheck", healthcheckOptions(service, operation.serviceName, request.apiVersion)),
      ...given("MacAddress", network.macAddress),
      HostConfig: hostConfig(request, service, network.hostConfig),
      NetworkingConfig: { EndpointsConfig: network.endpoints },
    },
    laterEndpoints: network.later,
  };
}

/** The process itself. Absent command and entrypoint mean the image's own; empty lists are sent, they clear it. */
function processOptions(service: Service): Docker.ContainerCreateOptions {
  return {
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    StdinOnce: false,
    OpenStdin: service.stdin_open ?? false,
    Tty: service.tty ?? false,
    ...given("Cmd", service.command && [...service.command]),
    ...given("Entrypoint", service.entrypoint && [...service.entrypoint]),
    Env: environmentList(service.environment),
    ...given("WorkingDir", service.working_dir),
    ...given("User", service.user),
    ...given("Hostname", service.hostname),
    ...given("Domainname", service.domainname),
    ...given("StopSignal", service.stop_signal),
    ...given("StopTimeout", wholeSeconds(service.stop_grace_period)),
  };
}

function wholeSeconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : Math.trunc(durationMs(duration) / 1000);
}

/** `K=V`; a bare `K` takes the image's own variable away. */
export function environmentList(environment: Service["environment"]): string[] {
  return Object.entries(environment ?? {}).map(([key, value]) => (value === null ? key : `${key}=${value}`));
}

function hostConfig(request: ContainerRequest, service: Service, network: Docker.HostConfig): Docker.HostConfig {
  return {
    ...network,
    ...mountOptions(request, service),
    ...resourceOptions(service),
    ...deviceOptions(service),
    ...securityOptions(service, request),
    PortBindings: portBindings(service),
    ...given("RestartPolicy", restartPolicy(service)),
    ...given(
      "LogConfig",
      service.logging && { Type: service.logging.driver ?? "", Config: { ...service.logging.options } },
    ),
    ...given("Init", service.init),
    ...given("Annotations", service.annotations && { ...service.annotations }),
    ...given("VolumeDriver", service.volume_driver),
    ...given("StorageOpt", service.storage_opt && { ...service.storage_opt }),
    ...given("Isolation", service.isolation),
    ...given("Runtime", service.runtime),
  };
}

const CONDITIONS: Readonly<Record<string, string>> = { none: "no", any: "always" };

/** `deploy.restart_policy` wins over `restart`; undefined leaves it to the Engine. */
export function restartPolicy(service: Service): Docker.HostRestartPolicy | undefined {
  const deployed = service.deploy?.restart_policy;
  if (deployed) {
    const condition = deployed.condition ?? "";
    return { Name: CONDITIONS[condition] ?? condition, MaximumRetryCount: deployed.max_attempts ?? 0 };
  }
  if (!service.restart) return undefined;
  const [name = "", retries] = service.restart.split(":");
  return { Name: name, MaximumRetryCount: retries === undefined ? 0 : Number(retries) };
}
