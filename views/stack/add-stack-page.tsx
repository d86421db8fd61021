import { csrfField, field, textArea } from "../form.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import { complaintNote } from "../note.tsx";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { crumbs } from "./stack-head.tsx";
import type { Complaint, StackForm } from "./stack-view.ts";
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
        {mainFields(form)}
        {accessFields(form)}
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
    </div>
  );
  return layout(context, { title: "Add a stack", section: "stacks", live: null, children });
}

function mainFields(form: StackForm): Markup {
  return (
    <>
      {field({
        name: "repository",
        label: "Repository",
        value: form.repository,
        required: true,
        mono: true,
        autofocus: form.repository === "",
        placeholder: "git@github.com:you/infra.git",
        hint: "https:// or SSH, without a password in it. Over SSH Tallyman makes a read-only key for this stack.",
      })}
      {field({
        name: "name",
        label: "Name",
        value: form.name,
        required: true,
        mono: true,
        maxlength: 63,
        pattern: "[a-z0-9][a-z0-9_\\-]*",
        placeholder: "shop",
        hint: "Lowercase letters, digits, - and _. It is also the Compose project’s name.",
      })}
      <div class="pair">
        {field({
          name: "ref",
          label: "Branch, tag or commit",
          value: form.ref,
          mono: true,
          placeholder: "the default branch",
        })}
        {field({
          name: "path",
          label: "Folder",
          value: form.path,
          mono: true,
          placeholder: "the root of the repository",
        })}
      </div>
    </>
  );
}

function accessFields(form: StackForm): Markup {
  const option = (value: StackForm["credential"], label: string) => (
    <option value={value} selected={form.credential === value}>
      {label}
    </option>
  );
  return (
    <details class="more" open={form.credential !== "auto"}>
      <summary>Access with a token or a key of your own</summary>
      <div class="fields">
        <div class="field">
          <label for="credential">How the repository is read</label>
          <select id="credential" name="credential">
            {option("auto", "Public, or a deploy key that Tallyman makes")}
            {option("https-token", "Access token (https)")}
            {option("ssh-key", "My own private key (SSH)")}
          </select>
        </div>
        {field({
          name: "username",
          label: "User name",
          value: form.username,
          mono: true,
          hint: "Only for a token, and only where the server wants one.",
        })}
        {textArea({
          name: "secret",
          label: "Token or private key",
          value: "",
          rows: 3,
          hint: "Kept encrypted, sent only to this repository’s host, never shown again.",
        })}
      </div>
    </details>
  );
}

function moreFields(form: StackForm): Markup {
  const list = (name: "files" | "envFiles" | "profiles", label: string, hint: string) =>
    textArea({ name, label, value: form[name], hint, rows: 2 });
  return (
    <details class="more" open={form.files + form.envFiles + form.profiles !== ""}>
      <summary>Compose files, env files, profiles, interval</summary>
      <div class="fields">
        {list("files", "Compose files", "One a line. Empty: found as docker compose finds them.")}
        {list("envFiles", "Env files", "One a line. Empty: .env, when there is one.")}
        {list("profiles", "Profiles", "One a line.")}
        {field({
          name: "interval",
          label: "Poll every",
          value: form.interval,
          mono: true,
          hint: "Like 60s, 5m or 1h; from 5s to 7d.",
        })}
      </div>
    </details>
  );
}
