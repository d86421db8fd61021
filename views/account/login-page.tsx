import { csrfField, field } from "../form.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import { plainLayout } from "../layout.tsx";
import { complaintNote } from "../note.tsx";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import type { Complaint } from "../stack/stack-view.ts";

export interface LoginForm {
  readonly name: string;
  readonly error: Complaint | null;
}

export function loginPage(context: PageContext, { name, error }: LoginForm): Markup {
  return plainLayout(
    context,
    "Log in",
    <>
      <h1>Log in</h1>
      {error ? complaintNote(error) : null}
      <form method="post" action={routes.login} class="fields">
        {csrfField(context.csrf)}
        {field({
          name: "name",
          label: "Name",
          value: name,
          required: true,
          autocomplete: "username",
          autofocus: name === "",
        })}
        {field({
          name: "password",
          label: "Password",
          type: "password",
          required: true,
          autocomplete: "current-password",
          autofocus: name !== "",
        })}
        <button class="btn main" type="submit">
          Log in
        </button>
      </form>
    </>,
  );
}
