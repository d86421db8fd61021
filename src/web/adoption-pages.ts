import { Elysia } from "elysia";
import { routes } from "../../views/routes.ts";
import { adoptPage } from "../../views/stack/adopt-page.tsx";
import { EMPTY_STACK_FORM } from "../../views/stack/stack-view.ts";
import { asTallymanError } from "../error.ts";
import { adoptProject } from "./adopt-project.ts";
import { callerOf } from "./caller.ts";
import { statusOf } from "./error-answer.ts";
import { field } from "./form.ts";
import { page, seeOther } from "./page.ts";
import { pageFrame } from "./page-frame.ts";
import { stackOfForm, typedForm } from "./stack-form.ts";
import type { Web } from "./web-context.ts";

/** `/stacks/new/adopt`: a project that runs already becomes a stack; then its plan is shown. */
export function adoptionPages(web: Web) {
  return new Elysia()
    .get("/stacks/new/adopt", async ({ request }) => {
      const view = { form: EMPTY_STACK_FORM, error: null, inPlace: false };
      return page(adoptPage(await pageFrame(web, callerOf(request)), view));
    })
    .post("/adoptions", async ({ request, body }) => {
      const caller = callerOf(request);
      const form = typedForm(body);
      const inPlace = field(body, "inPlace") === "yes";
      try {
        const given = { ...stackOfForm(form, body), project: form.project, inPlace };
        const { stack, probe } = await adoptProject(web, caller, given);
        return seeOther(request, probe.ok ? routes.plan(stack.name) : routes.connect(stack.name));
      } catch (thrown) {
        const error = asTallymanError(thrown);
        if (statusOf(error) >= 500) throw error;
        return page(adoptPage(await pageFrame(web, caller), { form, error, inPlace }), statusOf(error));
      }
    });
}
