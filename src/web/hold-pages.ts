import { Elysia } from "elysia";
import { routes } from "../../views/routes.ts";
import { type HoldView, holdPage } from "../../views/stack/hold-page.tsx";
import { callerOf } from "./caller.ts";
import { field } from "./form.ts";
import { holdStack, releaseStack } from "./hold-actions.ts";
import { page, seeOther } from "./page.ts";
import { complaintOf } from "./page-complaint.ts";
import { pageFrame } from "./page-frame.ts";
import { stackNamed } from "./stack-actions.ts";
import type { Web } from "./web-context.ts";

/** Suspend and stop ask for a reason first; resume and start need none. */
export function holdPages(web: Web) {
  const asking = (kind: HoldView["kind"]) => async (request: Request, stackName: string) =>
    askedPage(web, request, stackName, { kind, why: "", error: null }, 200);
  const holding = (kind: HoldView["kind"]) => (request: Request, stackName: string, body: unknown) =>
    heldAnswer(web, request, stackName, kind, field(body, "why"));
  return new Elysia()
    .get("/stacks/:name/suspend", ({ request, params }) => asking("suspended")(request, params.name))
    .post("/stacks/:name/suspend", ({ request, params, body }) => holding("suspended")(request, params.name, body))
    .get("/stacks/:name/stop", ({ request, params }) => asking("stopped")(request, params.name))
    .post("/stacks/:name/stop", ({ request, params, body }) => holding("stopped")(request, params.name, body))
    .post("/stacks/:name/resume", async ({ request, params }) => {
      await releaseStack(web, callerOf(request), params.name, ["suspended", "pinned"]);
      return seeOther(request, routes.stack(params.name));
    })
    .post("/stacks/:name/start", async ({ request, params }) => {
      await releaseStack(web, callerOf(request), params.name, ["stopped"]);
      return seeOther(request, routes.stack(params.name));
    });
}

async function askedPage(
  web: Web,
  request: Request,
  stackName: string,
  asked: Pick<HoldView, "kind" | "why" | "error">,
  status: number,
): Promise<Response> {
  const stack = await stackNamed(web, stackName);
  const [frame, known] = await Promise.all([pageFrame(web, callerOf(request)), web.reconciler.status(stackName)]);
  return page(holdPage(frame, { stack, status: known, ...asked }), status);
}

async function heldAnswer(
  web: Web,
  request: Request,
  stackName: string,
  kind: HoldView["kind"],
  why: string,
): Promise<Response> {
  try {
    await holdStack(web, callerOf(request), stackName, kind, why);
    return seeOther(request, routes.stack(stackName));
  } catch (thrown) {
    const { error, status } = complaintOf(thrown);
    return askedPage(web, request, stackName, { kind, why: why.slice(0, 500), error }, status);
  }
}
