import { Elysia } from "elysia";
import { callerOf } from "./caller.ts";
import { describeRoute } from "./openapi.ts";
import { lookForDrift, stackNamed } from "./stack-actions.ts";
import type { Web } from "./web-context.ts";

/** Where the Engine differs from the release, and from what the repository asks for. */
export function looks(web: Web) {
  return new Elysia({ prefix: "/api/v1/stacks", normalize: false })
    .get(
      "/:name/drift",
      async ({ params }) => {
        await stackNamed(web, params.name);
        return (await web.reconciler.status(params.name)).drift;
      },
      describeRoute("What the last look at the Engine found to differ from the release, field by field"),
    )
    .post(
      "/:name/drift",
      async ({ params, request }) => (await lookForDrift(web, callerOf(request), params.name)).end,
      describeRoute("Look at the Engine now; repairs as the stack's setting says"),
    )
    .get(
      "/:name/plan",
      async ({ params, query }) => {
        await stackNamed(web, params.name);
        return web.reconciler.preview(params.name, query["ref"] || undefined);
      },
      describeRoute("What a pass would change now, with causes", 200, {
        ref: "what it would if the stack followed this branch, tag or commit",
      }),
    );
}
