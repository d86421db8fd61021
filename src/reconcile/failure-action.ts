import type { Project } from "../project.ts";
import type { FailureAction, Stack } from "../stack.ts";

/**
 * What becomes of a release that failed: the stack's own word, else that of the service which broke it, else going back.
 * Source: Compose Deploy Specification, `update_config.failure_action`; its default there is pause, ours is the way back.
 */
export function failureAction(stack: Stack, project: Project | null, serviceName: string | null): FailureAction {
  if (stack.onFailure !== null) return stack.onFailure;
  const declared = project?.services[serviceName ?? ""]?.deploy?.update_config?.failure_action;
  return declared === "pause" || declared === "continue" ? declared : "rollback";
}
