import { Elysia } from "elysia";
import { routes } from "../../views/routes.ts";
import { addStackPage } from "../../views/stack/add-stack-page.tsx";
import { connectPage } from "../../views/stack/connect-page.tsx";
import { planPage } from "../../views/stack/plan-page.tsx";
import { EMPTY_STACK_FORM, type PlanView } from "../../views/stack/stack-view.ts";
import { asTallymanError, TallymanError } from "../error.ts";
import { showDuration } from "../quantity.ts";
import { addStack } from "./add-stack.ts";
import { callerOf } from "./caller.ts";
import { statusOf } from "./error-answer.ts";
import { page, seeOther } from "./page.ts";
import { pageFrame } from "./page-frame.ts";
import { stackNamed } from "./stack-actions.ts";
import { stackOfForm, typedForm } from "./stack-form.ts";
import { unknownHost } from "./stack-view.ts";
import type { Web } from "./web-context.ts";
import { within } from "./within.ts";

const PLANNED_WITHIN_MS = 45_000;

/** The three steps to a new stack: what, the connection, the first plan. The last two also serve later. */
export function newStackPages(web: Web) {
  return new Elysia()
    .get("/stacks/new", async ({ request }) => {
      const form = { ...EMPTY_STACK_FORM, interval: showDuration(BigInt(web.intervalMs) * 1_000_000n) };
      return page(addStackPage(await pageFrame(web, callerOf(request)), { form, error: null }));
    })
    .post("/stacks", async ({ request, body }) => {
      const caller = callerOf(request);
      const form = typedForm(body);
      try {
        const { stack } = await addStack(web, caller, stackOfForm(form, body));
        return seeOther(request, routes.connect(stack.name));
      } catch (thrown) {
        const error = asTallymanError(thrown);
        if (statusOf(error) >= 500) throw error;
        return page(addStackPage(await pageFrame(web, caller), { form, error }), statusOf(error));
      }
    })
    .get("/stacks/:name/connect", async ({ request, params }) => {
      const stack = await stackNamed(web, params.name);
      const [frame, probed, publicKey] = await Promise.all([
        pageFrame(web, callerOf(request)),
        web.reconciler.probe(stack),
        web.store.credentials.publicKeyOf(stack.name),
      ]);
      const unknown = !probed.ok && probed.error.reason === "HostKeyUnknown" ? await unknownHost(web, stack) : null;
      const probe = probed.ok ? { ok: true as const, ...probed.revision } : probed;
      return page(connectPage(frame, { stack, publicKey, unknownHost: unknown, probe }));
    })
    .get("/stacks/:name/plan", async ({ request, params }) => {
      const stack = await stackNamed(web, params.name);
      const [frame, plan, status, [latest = null]] = await Promise.all([
        pageFrame(web, callerOf(request)),
        planned(web, stack.name),
        web.reconciler.status(stack.name),
        web.store.history.list(stack.name, 1),
      ]);
      return page(planPage(frame, { stack, status, plan, latest }));
    });
}

/** A plan, or why there is none: the page says it in its place. A lane that deploys cannot plan beside it. */
async function planned(web: Web, stackName: string): Promise<PlanView["plan"]> {
  const late = new TallymanError("Busy", "the stack is being deployed, so there is no plan yet", {
    hint: "Look again when the deployment has ended.",
  });
  try {
    const report = await within(PLANNED_WITHIN_MS, web.reconciler.preview(stackName));
    return report ? { ok: true, report } : { ok: false, error: late };
  } catch (thrown) {
    const error = asTallymanError(thrown);
    if (error.reason === "Internal") throw error;
    return { ok: false, error };
  }
}
