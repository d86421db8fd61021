import { Elysia } from "elysia";
import { routes } from "../../views/routes.ts";
import { removeStackPage } from "../../views/stack/remove-stack-page.tsx";
import type { TallymanError } from "../error.ts";
import { callerOf } from "./caller.ts";
import { field } from "./form.ts";
import { page, seeOther } from "./page.ts";
import { complaintOf } from "./page-complaint.ts";
import { pageFrame } from "./page-frame.ts";
import { removeStack, volumesOf } from "./remove-stack.ts";
import { stackNamed } from "./stack-actions.ts";
import type { Web } from "./web-context.ts";

/** `/stacks/:name/remove`: asks, then does; the data only when its name was typed. */
export function removalPages(web: Web) {
  return new Elysia()
    .get("/stacks/:name/remove", ({ request, params }) => askingPage(web, request, params.name, null, 200))
    .post("/stacks/:name/remove", async ({ request, params, body }) => {
      const given = { volumes: field(body, "volumes") === "delete", confirm: field(body, "confirm").trim() };
      try {
        await removeStack(web, callerOf(request), params.name, given);
        return seeOther(request, routes.overview);
      } catch (thrown) {
        const { error, status } = complaintOf(thrown);
        return askingPage(web, request, params.name, error, status);
      }
    });
}

async function askingPage(
  web: Web,
  request: Request,
  stackName: string,
  error: TallymanError | null,
  status: number,
): Promise<Response> {
  const stack = await stackNamed(web, stackName);
  const [frame, known, volumes] = await Promise.all([
    pageFrame(web, callerOf(request)),
    web.reconciler.status(stackName),
    volumesOf(web, stack).catch(() => null),
  ]);
  return page(removeStackPage(frame, { stack, status: known, volumes, error }), status);
}
