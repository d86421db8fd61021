import type { Stack } from "../../src/stack.ts";
import { csrfField } from "../form.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import { complaintNote, note } from "../note.tsx";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { accessFields, fileFields, placeFields, repositoryField, rolloutFields } from "./stack-fields.tsx";
import { crumbs } from "./stack-head.tsx";
import type { Complaint, StackForm } from "./stack-view.ts";

export interface SettingsView {
  readonly stack: Stack;
  readonly form: StackForm;
  readonly error: Complaint | null;
  /** What the last change forgot. */
  readonly credentialDropped: boolean;
}

/** How a stack is kept. Saving leads to a pass. */
export function settingsPage(context: PageContext, { stack, form, error, credentialDropped }: SettingsView): Markup {
  const children = (
    <div class="narrow">
      <div class="titles">
        {crumbs(stack.name)}
        <h1>Settings</h1>
      </div>
      {error ? complaintNote(error) : null}
      {credentialDropped ? droppedNote(stack) : null}
      <form method="post" action={routes.settings(stack.name)} class="fields">
        {csrfField(context.csrf)}
        <input type="hidden" name="version" value={form.version} />
        {stack.origin === "folder" ? null : originSection(form)}
        <section class="sheet" aria-labelledby="files-title">
          <header>
            <h2 id="files-title">Files</h2>
          </header>
          <div class="pad fields">{fileFields(form)}</div>
        </section>
        <section class="sheet" aria-labelledby="rollout-title">
          <header>
            <h2 id="rollout-title">Deployments</h2>
          </header>
          <div class="pad fields">{rolloutFields(form)}</div>
        </section>
        <div class="actions">
          <button class="btn main" type="submit">
            Save and reconcile
          </button>
          <a class="btn plain" href={routes.stack(stack.name)}>
            Cancel
          </a>
        </div>
      </form>
    </div>
  );
  return layout(context, { title: `Settings of ${stack.name}`, section: "stacks", live: null, children });
}

function originSection(form: StackForm): Markup {
  return (
    <section class="sheet" aria-labelledby="origin-title">
      <header>
        <h2 id="origin-title">Where it comes from</h2>
      </header>
      <div class="pad fields">
        {repositoryField(form, "On another host the stored key or token is forgotten: it is never sent elsewhere.")}
        {placeFields(form)}
        {accessFields(form, "Leave it as it is")}
      </div>
    </section>
  );
}

function droppedNote({ name, credential }: Stack): Markup {
  return note({
    tone: "warn",
    action: (
      <a class="btn" href={routes.connect(name)}>
        See the connection
      </a>
    ),
    children: (
      <>
        <b>Saved. The former key or token was forgotten</b>, as it was given for another server.{" "}
        {credential === "deploy-key"
          ? "A new deploy key waits to be registered."
          : "If this repository is private, give it a new one below."}
      </>
    ),
  });
}
