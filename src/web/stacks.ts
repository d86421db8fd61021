import { Elysia } from "elysia";
import { addStack } from "./add-stack.ts";
import { DEPLOY, NEW_STACK } from "./api-schema.ts";
import { callerOf } from "./caller.ts";
import { errorBody } from "./error-answer.ts";
import { describeRoute } from "./openapi.ts";
import { countIn } from "./query.ts";
import type { PassResult, ProbeResult } from "./reconciler-port.ts";
import { deployStack, removeStack, stackNamed } from "./stack-actions.ts";
import type { Web } from "./web-context.ts";

/** `/api/v1/stacks`: what is kept running. */
export function stacks(web: Web) {
  return new Elysia({ prefix: "/api/v1/stacks", normalize: false })
    .get("", () => web.reconciler.statuses(), describeRoute("Every stack with its state"))
    .post(
      "",
      async ({ body, request, status }) => {
        const added = await addStack(web, callerOf(request), body);
        return status(201, { stack: added.stack, publicKey: added.publicKey, probe: probeBody(added.probe) });
      },
      { body: NEW_STACK, ...describeRoute("Add a stack and ask its remote once", 201) },
    )
    .get(
      "/:name",
      async ({ params }) => ({
        stack: await stackNamed(web, params.name),
        status: await web.reconciler.status(params.name),
        publicKey: await web.store.credentials.publicKeyOf(params.name),
      }),
      describeRoute("One stack, its state and the public half of its deploy key"),
    )
    .delete(
      "/:name",
      async ({ params, request }) => {
        await removeStack(web, callerOf(request), params.name);
        return { removed: params.name };
      },
      describeRoute("Stop and remove a stack's containers and networks, keep its volumes, forget it"),
    )
    .post(
      "/:name/deploy",
      async ({ params, body, request, status }) => {
        const { end } = await deployStack(web, callerOf(request), params.name);
        return body?.wait ? passBody(await end) : status(202, {});
      },
      { body: DEPLOY, ...describeRoute("Ask for a pass now; with wait, answer at its end", 202) },
    )
    .get(
      "/:name/plan",
      async ({ params }) => {
        await stackNamed(web, params.name);
        return web.reconciler.preview(params.name);
      },
      describeRoute("What a pass would change now, with causes"),
    )
    .get(
      "/:name/deployments",
      async ({ params, query }) => {
        await stackNamed(web, params.name);
        return web.store.history.list(params.name, countIn("limit", query["limit"], 50, 500));
      },
      describeRoute("Deployments of a stack, newest first", 200, { limit: "how many; 50 unless said" }),
    );
}

function probeBody(probe: ProbeResult) {
  return probe.ok
    ? { ok: true as const, commit: probe.revision.commit, ref: probe.revision.ref }
    : { ok: false as const, error: errorBody(probe.error) };
}

function passBody(result: PassResult) {
  return { ...result, error: result.error && errorBody(result.error) };
}
