import { Elysia } from "elysia";
import { DEPLOY, HOLD } from "./api-schema.ts";
import { callerOf } from "./caller.ts";
import { holdStack, nextToRun, releaseStack } from "./hold-actions.ts";
import { describeRoute } from "./openapi.ts";
import { passAnswer } from "./passes.ts";
import { retryStack } from "./stack-actions.ts";
import type { Web } from "./web-context.ts";

/** What an operator decides against or beside the repository: `/api/v1/stacks/:name/suspend` and its likes. */
export function holds(web: Web) {
  return new Elysia({ prefix: "/api/v1/stacks", normalize: false })
    .post(
      "/:name/suspend",
      async ({ params, body, request }) => {
        const { hold, end } = await holdStack(web, callerOf(request), params.name, "suspended", body?.why);
        return passAnswer(body?.wait, end, { hold });
      },
      { body: HOLD, ...describeRoute("Change nothing of this stack until somebody resumes it") },
    )
    .post(
      "/:name/resume",
      async ({ params, body, request }) => {
        const { released, end } = await releaseStack(web, callerOf(request), params.name, ["suspended", "pinned"]);
        return passAnswer(body?.wait, end, { released, next: await nextToRun(web, params.name) });
      },
      { body: DEPLOY, ...describeRoute("Follow the repository again: neither suspended nor pinned any more") },
    )
    .post(
      "/:name/stop",
      async ({ params, body, request }) => {
        const { hold, end } = await holdStack(web, callerOf(request), params.name, "stopped", body?.why);
        return passAnswer(body?.wait, end, { hold });
      },
      { body: HOLD, ...describeRoute("Stop its containers and keep them stopped until somebody starts it") },
    )
    .post(
      "/:name/start",
      async ({ params, body, request }) => {
        const { released, end } = await releaseStack(web, callerOf(request), params.name, ["stopped"]);
        return passAnswer(body?.wait, end, { released });
      },
      { body: DEPLOY, ...describeRoute("Start what was stopped") },
    )
    .post(
      "/:name/retry",
      async ({ params, body, request }) => {
        const { end } = await retryStack(web, callerOf(request), params.name);
        return passAnswer(body?.wait, end, {});
      },
      { body: DEPLOY, ...describeRoute("Try once more what failed") },
    );
}
