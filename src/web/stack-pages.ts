import { Elysia } from "elysia";
import { routes } from "../../views/routes.ts";
import { removeStackPage } from "../../views/stack/remove-stack-page.tsx";
import { stackPage } from "../../views/stack/stack-page.tsx";
import { callerOf } from "./caller.ts";
import { field } from "./form.ts";
import { acceptHostKey } from "./host-keys.ts";
import { liveAddress } from "./live.ts";
import { page, seeOther } from "./page.ts";
import { pageFrame } from "./page-frame.ts";
import { deployStack, removeStack, stackNamed } from "./stack-actions.ts";
import { stackView } from "./stack-view.ts";
import type { Web } from "./web-context.ts";

/** `/stacks/:name`: one stack and what can be done with it. */
export function stackPages(web: Web) {
  return new Elysia()
    .get("/stacks/:name", async ({ request, params }) => {
      const stack = await stackNamed(web, params.name);
      const [frame, view] = await Promise.all([pageFrame(web, callerOf(request)), stackView(web, stack)]);
      return page(stackPage(frame, { ...view, live: liveAddress.stack(stack.name) }));
    })
    .post("/stacks/:name/deploy", async ({ request, params }) => {
      await deployStack(web, callerOf(request), params.name);
      return seeOther(request, routes.stack(params.name));
    })
    .get("/stacks/:name/remove", async ({ request, params }) => {
      const stack = await stackNamed(web, params.name);
      const [frame, status] = await Promise.all([pageFrame(web, callerOf(request)), web.reconciler.status(stack.name)]);
      return page(removeStackPage(frame, { stack, status }));
    })
    .post("/stacks/:name/remove", async ({ request, params }) => {
      await removeStack(web, callerOf(request), params.name);
      return seeOther(request, routes.overview);
    })
    .post("/host-keys", async ({ request, body }) => {
      const stack = await stackNamed(web, field(body, "stack"));
      await acceptHostKey(web, callerOf(request), field(body, "host"), field(body, "fingerprint"));
      return seeOther(request, routes.connect(stack.name));
    });
}
