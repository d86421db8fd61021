import { Elysia } from "elysia";
import { VARIABLE } from "./api-schema.ts";
import { callerOf } from "./caller.ts";
import { describeRoute } from "./openapi.ts";
import { passAnswer } from "./passes.ts";
import { flagIn } from "./query.ts";
import { setVariable, unsetVariable, variablesSeen } from "./variable-actions.ts";
import type { Web } from "./web-context.ts";

/** `/api/v1/stacks/:name/variables` and `/api/v1/variables`, which every stack sees: with what Compose files are interpolated. */
export function variables(web: Web) {
  return new Elysia({ prefix: "/api/v1", normalize: false })
    .get(
      "/stacks/:name/variables",
      ({ params }) => variablesSeen(web, params.name),
      describeRoute("Variables and secrets that a stack sees; a secret's value is never told"),
    )
    .put(
      "/stacks/:name/variables/:key",
      async ({ params, body, request }) => {
        const given = { name: params.key, value: body.value, secret: body.secret ?? false };
        const { ends } = await setVariable(web, callerOf(request), params.name, given);
        const told = { name: params.key, stack: params.name };
        return ends[0] ? passAnswer(body.wait, ends[0], told) : told;
      },
      { body: VARIABLE, ...describeRoute("Set a variable or a secret of a stack; leads to a pass") },
    )
    .delete(
      "/stacks/:name/variables/:key",
      async ({ params, request, query }) => {
        const { ends } = await unsetVariable(web, callerOf(request), params.name, params.key);
        const told = { removed: params.key };
        return ends[0] ? passAnswer(flagIn("wait", query["wait"]), ends[0], told) : told;
      },
      describeRoute("Remove a variable or a secret of a stack; leads to a pass", 200, {
        wait: "true: answer at the end of the pass",
      }),
    )
    .get("/variables", () => variablesSeen(web, null), describeRoute("Variables and secrets that every stack sees"))
    .put(
      "/variables/:key",
      async ({ params, body, request }) => {
        const given = { name: params.key, value: body.value, secret: body.secret ?? false };
        await setVariable(web, callerOf(request), null, given);
        return { name: params.key, stack: null };
      },
      { body: VARIABLE, ...describeRoute("Set a variable or a secret that every stack sees; leads to a pass of each") },
    )
    .delete(
      "/variables/:key",
      async ({ params, request }) => {
        await unsetVariable(web, callerOf(request), null, params.key);
        return { removed: params.key };
      },
      describeRoute("Remove a variable or a secret that every stack sees; leads to a pass of each"),
    );
}
