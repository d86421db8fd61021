import { csrfField, field } from "../form.tsx";
import { h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import { complaintNote } from "../note.tsx";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { accessFields, fileFields, placeFields, repositoryField, rolloutFields } from "./stack-fields.tsx";
import { crumbs } from "./stack-head.tsx";
import { type Complaint, EMPTY_STACK_FORM, type StackForm } from "./stack-view.ts";
import { steps } from "./steps.tsx";

export interface AddStackView {
  readonly form: StackForm;
  readonly error: Complaint | null;
}

/** Step 1: which repository, under which name. Whatever is rarely needed is folded away. */
export function addStackPage(context: PageContext, { form, error }: AddStackView): Markup {
  const children = (
    <div class="narrow">
      <div class="titles">
        {crumbs(null)}
        <h1>Add a stack</h1>
      </div>
      {steps(1)}
      {error ? complaintNote(error) : null}
      <form method="post" action={routes.stacks} class="sheet pad fields">
        {csrfField(context.csrf)}
        {repositoryField(
          form,
          "https:// or SSH, without a password in it. Over SSH Tallyman makes a read-only key for this stack.",
        )}
        {nameField(form)}
        {placeFields(form)}
        {accessFields(form, "Public, or a deploy key that Tallyman makes")}
        {moreFields(form)}
        <div class="actions">
          <button class="btn main" type="submit">
            Go on to the connection
          </button>
          <a class="btn plain" href={routes.overview}>
            Cancel
          </a>
        </div>
      </form>
      <p class="quiet">
        Does it run already with docker compose?{" "}
        <a class="link" href={routes.adopt}>
          Adopt it
        </a>{" "}
        without restarting anything.
      </p>
    </div>
  );
  return layout(context, { title: "Add a stack", section: "stacks", live: null, children });
}

function nameField(form: StackForm): Markup {
  return field({
    name: "name",
    label: "Name",
    value: form.name,
    required: true,
    mono: true,
    maxlength: 63,
    pattern: "[a-z0-9][a-z0-9_\\-]*",
    placeholder: "shop",
    hint: "Lowercase letters, digits, - and _. It is also the Compose project’s name.",
  });
}

/** Folded away, unless something of it was typed. */
export function moreFields(form: StackForm): Markup {
  const rare = ["files", "envFiles", "profiles", "gateTimeout", "onFailure", "drift", "prune", "dependsOn"] as const;
  return (
    <details class="more" open={rare.some((name) => form[name] !== EMPTY_STACK_FORM[name])}>
      <summary>Compose files, env files, profiles, interval, failures</summary>
      <div class="fields">
        {fileFields(form)}
        {rolloutFields(form)}
      </div>
    </details>
  );
}
