import { choice, field, textArea } from "../form.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import type { StackForm } from "./stack-view.ts";

/** Where the repository is: the fields that most stacks need alone. */
export function placeFields(form: StackForm): Markup {
  return (
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
  );
}

export function repositoryField(form: StackForm, hint: string): Markup {
  return field({
    name: "repository",
    label: "Repository",
    value: form.repository,
    required: true,
    mono: true,
    autofocus: form.repository === "",
    placeholder: "git@github.com:you/infra.git",
    hint,
  });
}

/** How the repository is read, folded away: most stacks need nothing of it. */
export function accessFields(form: StackForm, auto: string): Markup {
  return (
    <details class="more" open={form.credential !== "auto"}>
      <summary>Access with a token or a key of your own</summary>
      <div class="fields">
        {choice({
          name: "credential",
          label: "How the repository is read",
          value: form.credential,
          options: [
            ["auto", auto],
            ["deploy-key", "A new deploy key that Tallyman makes (SSH)"],
            ["https-token", "Access token (https)"],
            ["ssh-key", "My own private key (SSH)"],
          ],
        })}
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

export function fileFields(form: StackForm): Markup {
  const list = (name: "files" | "envFiles" | "profiles", label: string, hint: string) =>
    textArea({ name, label, value: form[name], hint, rows: 2 });
  return (
    <>
      {list("files", "Compose files", "One a line. Empty: found as docker compose finds them.")}
      {list("envFiles", "Env files", "One a line. Empty: .env, when there is one.")}
      {list("profiles", "Profiles", "One a line.")}
    </>
  );
}

/** When a deployment begins, and what becomes of one that fails. */
export function rolloutFields(form: StackForm): Markup {
  return (
    <>
      {timeFields(form)}
      {choice({
        name: "onFailure",
        label: "When a release does not become healthy",
        value: form.onFailure,
        options: [
          ["", "As the Compose file says"],
          ["rollback", "Go back to the last healthy release"],
          ["pause", "Leave it up and suspend the stack"],
          ["continue", "Leave it up and go on"],
        ],
        hint: "Where the file says nothing: go back.",
      })}
      {choice({
        name: "drift",
        label: "When Docker differs though nothing was committed",
        value: form.drift,
        options: [
          ["repair", "Put it right"],
          ["report", "Only report it"],
          ["off", "Do not look"],
        ],
      })}
      {choice({
        name: "prune",
        label: "Services that left the Compose file",
        value: form.prune,
        options: [
          ["yes", "Remove them once the release is healthy"],
          ["no", "Leave them running"],
        ],
        hint: "Volumes are never removed.",
      })}
      {textArea({
        name: "dependsOn",
        label: "Waits for these stacks",
        value: form.dependsOn,
        rows: 2,
        hint: "Names, one a line. It is deployed once they have their verdict.",
      })}
    </>
  );
}

function timeFields(form: StackForm): Markup {
  return (
    <div class="pair">
      {field({
        name: "interval",
        label: "Poll every",
        value: form.interval,
        mono: true,
        hint: "Like 60s, 5m or 1h; from 5s to 7d.",
      })}
      {field({
        name: "gateTimeout",
        label: "Wait for health at most",
        value: form.gateTimeout,
        mono: true,
        placeholder: "as its healthchecks suggest",
        hint: "Like 90s. After that a service counts as failed.",
      })}
    </div>
  );
}
