import type { ObservedState } from "../observed-state.ts";
import type { Project, Service } from "../project.ts";
import type { CreateContainer } from "./compose-labels.ts";

/** All that a create body depends on; nothing is read from the Engine while it is made. */
export interface ContainerRequest {
  readonly project: Project;
  readonly operation: CreateContainer;
  readonly observed: ObservedState;
  /** Negotiated Engine API version. */
  readonly apiVersion: string;
  /** Our own labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Id of a service's first container, for `service:x` namespaces and `volumes_from`. */
  readonly containerIds: Readonly<Record<string, string>>;
  /** Content of the seccomp profiles that `security_opt` names, by the name used there. */
  readonly seccompProfiles: Readonly<Record<string, string>>;
}

/** The service that the operation makes a container of. */
export function serviceOf({ project, operation }: Pick<ContainerRequest, "project" | "operation">): Service {
  const service = project.services[operation.serviceName];
  if (!service) throw new Error(`project ${project.name} has no service ${operation.serviceName}`);
  return service;
}
