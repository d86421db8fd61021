import { Elysia } from "elysia";
import type { Deployment } from "../deployment.ts";
import { TallymanError } from "../error.ts";
import { describeRoute } from "./openapi.ts";
import type { Web } from "./web-context.ts";

/** `/api/v1/deployments`: single attempts. */
export function deployments(web: Web) {
  return new Elysia({ prefix: "/api/v1/deployments" }).get(
    "/:id",
    ({ params }) => deploymentWith(web, params.id),
    describeRoute("One deployment: plan, timeline, verdicts"),
  );
}

/** Throws NotFound. */
export async function deploymentWith(web: Web, deploymentId: string): Promise<Deployment> {
  const deployment = /^\d{1,15}$/.test(deploymentId) ? await web.store.history.get(deploymentId) : null;
  if (deployment) return deployment;
  throw new TallymanError("NotFound", "there is no such deployment", {
    hint: "`tallyman history NAME` shows a stack's.",
  });
}
