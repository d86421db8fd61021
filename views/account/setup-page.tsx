import { csrfField, field } from "../form.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import { plainLayout } from "../layout.tsx";
import { complaintNote } from "../note.tsx";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import type { LoginForm } from "./login-page.tsx";

export interface SetupForm extends LoginForm {
  readonly token: string;
}

/** The first account, behind the one-time link. */
export function setupPage(context: PageContext, { name, token, error }: SetupForm): Markup {
  return plainLayout(
    context,
    "Set up",
    <>
      <h1>Make the first account</h1>
      <p class="quiet">
        Whoever logs in here can run any container on this host. This link works once and only in this browser.
      </p>
      {error ? complaintNote(error) : null}
      <form method="post" action={routes.setup(token)} class="fields">
        {csrfField(context.csrf)}
        {field({
          name: "name",
          label: "Name",
          value: name,
          required: true,
          autocomplete: "username",
          autofocus: true,
          maxlength: 64,
        })}
        {field({
          name: "password",
          label: "Password",
          type: "password",
          required: true,
          autocomplete: "new-password",
          hint: "At least 12 characters. A few unrelated words are easy to keep.",
        })}
        {field({
          name: "repeated",
          label: "The same password again",
          type: "password",
          required: true,
          autocomplete: "new-password",
        })}
        <button class="btn main" type="submit">
          Make the account
        </button>
      </form>
    </>,
  );
}

/** For everybody else while there is no account: how to get the link. */
export function lockedPage(context: PageContext): Markup {
  return plainLayout(
    context,
    "Not set up yet",
    <>
      <h1>Open the setup link first</h1>
      <p class="quiet">
        Tallyman has no account yet, so everything is locked. When it started, it printed a one-time link in its
        terminal or log. Open that link in this browser.
      </p>
      <p class="quiet">
        Link lost or older than a day? Restart Tallyman on the host: it prints a new one as long as there is no account.
      </p>
    </>,
  );
}
