import { serviceHash } from "../compose/hash.ts";
import { TallymanError } from "../error.ts";
import type { Operation } from "../plan.ts";
import type { Project } from "../project.ts";
import { withContainers } from "../service-reference.ts";

/**
 * The operation with the hash that its plan could not know: the container shares with one that the plan made, and the hash holds that
 * one's id. `created` gives the ids by operation index.
 */
export function withConfigHash(
  operation: Operation,
  { project, created }: { readonly project: Project; readonly created: ReadonlyMap<number, string> },
): Operation {
  if (operation.kind !== "create-container" || operation.configHash !== "") return operation;
  const service = project.services[operation.serviceName];
  if (!service) throw new TallymanError("Internal", `project ${project.name} has no service ${operation.serviceName}`);
  const ids = Object.entries(operation.shares).map(([serviceName, container]) => [
    serviceName,
    "id" in container ? container.id : (created.get(container.createdBy) ?? ""),
  ]);
  return { ...operation, configHash: serviceHash(withContainers(service, Object.fromEntries(ids))).a };
}
