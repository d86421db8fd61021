import { Elysia } from "elysia";
import { deploymentPage } from "../../views/deployment/deployment-page.tsx";
import { callerOf } from "./caller.ts";
import { deploymentView, deploymentWith } from "./deployment-view.ts";
import { liveAddress } from "./live.ts";
import { describeRoute } from "./openapi.ts";
import { page } from "./page.ts";
import { pageFrame } from "./page-frame.ts";
import type { Web } from "./web-context.ts";

/** `/deployments/:id` and `/api/v1/deployments/:id`: one attempt. */
export function deployments(web: Web) {
  return new Elysia()
    .get("/deployments/:id", async ({ request, params }) => {
      const [frame, view] = await Promise.all([pageFrame(web, callerOf(request)), deploymentView(web, params.id)]);
      return page(deploymentPage(frame, { ...view, live: liveAddress.deployment(params.id) }));
    })
    .get(
      "/api/v1/deployments/:id",
      ({ params }) => deploymentWith(web, params.id),
      describeRoute("One deployment: plan, timeline, verdicts"),
    );
}
