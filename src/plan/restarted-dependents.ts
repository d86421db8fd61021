import { isServing } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { Project } from "../project.ts";
import { namespaceServices } from "../service-reference.ts";
import { isAlive } from "./stops.ts";

/**
 * Running containers of the services that restart with this one. When it is replaced: whoever declares `restart: true` (the loader
 * declares it for shared namespaces). When it is only stopped and started: whoever shares a namespace with it, which ends with its
 * processes. Source: docker/compose `stopDependentContainers`.
 */
export function dependentsToRestart(
  project: Project,
  observed: ObservedState,
  serviceName: string,
  replaced: boolean,
): readonly ObservedContainer[] {
  const dependents = Object.entries(project.services).flatMap(([name, service]) => {
    const restarts = service.depends_on?.[serviceName]?.restart === true;
    return namespaceServices(service).includes(serviceName) || (replaced && restarts) ? [name] : [];
  });
  return observed.containers.filter((one) => dependents.includes(one.serviceName) && isServing(one) && isAlive(one));
}
