import { Elysia } from "elysia";
import type { ProbeResult } from "../reconcile/reconciler.ts";
import { addStack } from "./add-stack.ts";
import { DEPLOY_REF, EDITED_STACK, NEW_STACK } from "./api-schema.ts";
import { type Caller, callerOf } from "./caller.ts";
import { editStack, settingsVersion } from "./edit-stack.ts";
import { errorBody } from "./error-answer.ts";
import { pinRevision } from "./hold-actions.ts";
import { holdsView } from "./holds-view.ts";
import { describeRoute } from "./openapi.ts";
import { askForPass, passAnswer, passBody } from "./passes.ts";
import { countIn, flagIn } from "./query.ts";
import { removeStack } from "./remove-stack.ts";
import { deployStack, stackNamed } from "./stack-actions.ts";
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
      ({ params }) => stackBody(web, params.name),
      describeRoute("One stack, its state, what holds it, and the public half of its deploy key"),
    )
    .patch(
      "/:name",
      async ({ params, body: { wait, ...given }, request }) => {
        const edited = await editStack(web, callerOf(request), params.name, given);
        if (edited.changed.length === 0) return edited;
        return passAnswer(wait, askForPass(web, params.name, "settings"), edited);
      },
      { body: EDITED_STACK, ...describeRoute("Change how a stack is kept; leads to a pass") },
    )
    .delete(
      "/:name",
      ({ params, request, query }) => {
        const given = { volumes: flagIn("volumes", query["volumes"]), confirm: query["confirm"] ?? "" };
        return removeStack(web, callerOf(request), params.name, given);
      },
      describeRoute("Stop and remove a stack's containers and networks, forget it; volumes stay", 200, {
        volumes: "true: delete its volumes with all data too",
        confirm: "the stack's name, needed for that",
      }),
    )
    .post(
      "/:name/deploy",
      async ({ params, body, request, status }) => {
        const { end, told } = await deployed(web, callerOf(request), params.name, body ?? {});
        return body?.wait ? { ...passBody(await end), ...told } : status(202, told);
      },
      { body: DEPLOY_REF, ...describeRoute("Ask for a pass now; with ref pin what it points to", 202) },
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

interface DeployBody {
  readonly ref?: string | undefined;
  readonly why?: string | undefined;
}

async function deployed(web: Web, caller: Caller, stackName: string, { ref, why }: DeployBody) {
  if (ref === undefined) return { ...(await deployStack(web, caller, stackName)), told: {} };
  const { hold, end } = await pinRevision(web, caller, stackName, { ref, why });
  return { end, told: { hold } };
}

async function stackBody(web: Web, stackName: string) {
  const stack = await stackNamed(web, stackName);
  return {
    stack,
    version: settingsVersion(stack),
    status: await web.reconciler.status(stackName),
    publicKey: await web.store.credentials.publicKeyOf(stackName),
    ...(await holdsView(web, stackName)),
  };
}

export function probeBody(probe: ProbeResult) {
  return probe.ok
    ? { ok: true as const, commit: probe.revision.commit, ref: probe.revision.ref }
    : { ok: false as const, error: errorBody(probe.error) };
}
