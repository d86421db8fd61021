import { Elysia } from "elysia";
import { routes } from "../../views/routes.ts";
import { stackPage } from "../../views/stack/stack-page.tsx";
import { callerOf } from "./caller.ts";
import { field } from "./form.ts";
import { acceptHostKey } from "./host-keys.ts";
import { liveAddress } from "./live.ts";
import { page, seeOther } from "./page.ts";
import { pageFrame } from "./page-frame.ts";
import { deployStack, lookForDrift, retryStack, stackNamed } from "./stack-actions.ts";
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
    .post("/stacks/:name/retry", async ({ request, params }) => {
      await retryStack(web, callerOf(request), params.name);
      return seeOther(request, routes.stack(params.name));
    })
    .post("/stacks/:name/drift", async ({ request, params }) => {
      await lookForDrift(web, callerOf(request), params.name);
      return seeOther(request, routes.stack(params.name));
    })
    .post("/host-keys", async ({ request, body }) => {
      const stack = await stackNamed(web, field(body, "stack"));
      await acceptHostKey(web, callerOf(request), field(body, "host"), field(body, "fingerprint"));
      return seeOther(request, routes.connect(stack.name));
    });
}
