import { choice, csrfField, field } from "../form.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import { complaintNote } from "../note.tsx";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { type AddStackView, moreFields } from "./add-stack-page.tsx";
import { accessFields, placeFields, repositoryField } from "./stack-fields.tsx";
import { crumbs } from "./stack-head.tsx";
import type { StackForm } from "./stack-view.ts";

export interface AdoptView extends AddStackView {
  readonly inPlace: boolean;
}

/** Takes over a project that runs already: first a suspended stack and its plan, then whatever the operator decides. */
export function adoptPage(context: PageContext, { form, error, inPlace }: AdoptView): Markup {
  const children = (
    <div class="narrow">
      <div class="titles">
        {crumbs(null)}
        <h1>Adopt a running project</h1>
      </div>
      <p class="quiet">
        Nothing is touched yet: you get a suspended stack and the plan. What runs as the repository says keeps running;
        the plan names whatever would be made anew, and why.
      </p>
      {error ? complaintNote(error) : null}
      <form method="post" action={routes.adoptions} class="sheet pad fields">
        {csrfField(context.csrf)}
        {projectFields(form)}
        {repositoryField(form, "The one that holds the project’s Compose file.")}
        {placeFields(form)}
        {whereFilesLie(inPlace)}
        {accessFields(form, "Public, or a deploy key that Tallyman makes")}
        {moreFields(form)}
        <div class="actions">
          <button class="btn main" type="submit">
            Look at the plan
          </button>
          <a class="btn plain" href={routes.overview}>
            Cancel
          </a>
        </div>
      </form>
    </div>
  );
  return layout(context, { title: "Adopt a running project", section: "stacks", live: null, children });
}

function projectFields(form: StackForm): Markup {
  return (
    <div class="pair">
      {field({
        name: "project",
        label: "Compose project",
        value: form.project,
        required: true,
        mono: true,
        placeholder: "shop",
        hint: (
          <>
            As <code>docker compose ls</code> names it.
          </>
        ),
      })}
      {field({
        name: "name",
        label: "Name of the stack",
        value: form.name,
        mono: true,
        maxlength: 63,
        placeholder: "the project’s",
      })}
    </div>
  );
}

function whereFilesLie(inPlace: boolean): Markup {
  return choice({
    name: "inPlace",
    label: "Where its files lie from now on",
    value: inPlace ? "yes" : "no",
    options: [
      ["no", "In a folder of Tallyman’s own"],
      ["yes", "Where the project runs now"],
    ],
    hint: "Bind mounts like ./data point into that folder. Files that Git does not know are never touched.",
  });
}
