import { Elysia } from "elysia";
import { routes } from "../../views/routes.ts";
import { type SettingsView, settingsPage } from "../../views/stack/settings-page.tsx";
import type { Stack } from "../stack.ts";
import { callerOf } from "./caller.ts";
import { editStack } from "./edit-stack.ts";
import type { StackSettings } from "./new-stack.ts";
import { page, seeOther } from "./page.ts";
import { complaintOf } from "./page-complaint.ts";
import { pageFrame } from "./page-frame.ts";
import { stackNamed } from "./stack-actions.ts";
import { formOf, settingsOfForm, typedForm } from "./stack-form.ts";
import type { Web } from "./web-context.ts";

/** `/stacks/:name/settings`: how a stack is kept. */
export function settingsPages(web: Web) {
  return new Elysia()
    .get("/stacks/:name/settings", async ({ request, params }) => {
      const stack = await stackNamed(web, params.name);
      return shown(web, request, { stack, form: formOf(stack), error: null, credentialDropped: false }, 200);
    })
    .post("/stacks/:name/settings", async ({ request, params, body }) => {
      const stack = await stackNamed(web, params.name);
      const form = typedForm(body);
      try {
        const given = ofOrigin(stack, settingsOfForm(form, body));
        const edited = await editStack(web, callerOf(request), stack.name, {
          ...given,
          version: form.version || undefined,
        });
        if (given.credential) return seeOther(request, routes.connect(stack.name));
        if (!edited.credentialDropped) return seeOther(request, routes.stack(stack.name));
        const view = { stack: edited.stack, form: formOf(edited.stack), error: null, credentialDropped: true };
        return shown(web, request, view, 200);
      } catch (thrown) {
        const { error, status } = complaintOf(thrown);
        return shown(web, request, { stack, form, error, credentialDropped: false }, status);
      }
    });
}

/** The form of a folder's stack shows no repository. */
function ofOrigin({ origin }: Stack, given: StackSettings): StackSettings {
  if (origin === "git") return given;
  return { ...given, repository: undefined, ref: undefined, path: undefined, credential: undefined };
}

async function shown(web: Web, request: Request, view: SettingsView, status: number): Promise<Response> {
  return page(settingsPage(await pageFrame(web, callerOf(request)), view), status);
}
