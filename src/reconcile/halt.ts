import { planStop } from "../plan/plan-down.ts";
import { emptyProject } from "../project.ts";
import type { Stack } from "../stack.ts";
import { applyPlan } from "./apply-plan.ts";
import type { PassParts, PassResult } from "./pass.ts";

/** The pass of a stack that an operator stopped: what runs is stopped, and stays where it is. Nothing to do is the usual answer. */
export async function halt({ name, project }: Stack, parts: PassParts, signal: AbortSignal): Promise<PassResult> {
  const { engine, clock, publish } = parts;
  const observed = await engine.observe({ project, images: [], networks: [], volumes: [] }, signal);
  const plan = planStop(observed, "the stack was stopped");
  await applyPlan(
    plan,
    {
      engine,
      clock,
      project: emptyProject(project),
      observed,
      labels: {},
      onStep: ({ operation, status, durationMs }) =>
        publish(name, { type: "operation", deploymentId: null, operation, status, durationMs }),
      onProgress: () => undefined,
    },
    signal,
  );
  return { outcome: "stopped", deploymentId: null, commit: null, error: null };
}
