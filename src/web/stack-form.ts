import type { StackForm } from "../../views/stack/stack-view.ts";
import { asTallymanError, TallymanError } from "../error.ts";
import { durationMs } from "../quantity.ts";
import { field, listField } from "./form.ts";
import type { NewCredential, NewStack } from "./new-stack.ts";

/** The fields of the form as they were typed, without the secret: what is shown again beside an error. */
export function typedForm(body: unknown): StackForm {
  const typed = (name: string) => field(body, name).trim().slice(0, 4_096);
  const credential = field(body, "credential");
  return {
    name: typed("name"),
    repository: typed("repository"),
    ref: typed("ref"),
    path: typed("path"),
    files: typed("files"),
    envFiles: typed("envFiles"),
    profiles: typed("profiles"),
    interval: typed("interval"),
    credential: credential === "https-token" || credential === "ssh-key" ? credential : "auto",
    username: typed("username"),
  };
}

/** The same as the API takes it. Throws InvalidInput for an interval that is none. */
export function stackOfForm(form: StackForm, body: unknown): NewStack {
  return {
    name: form.name,
    repository: form.repository,
    ref: form.ref,
    path: form.path,
    files: listField(body, "files"),
    envFiles: listField(body, "envFiles"),
    profiles: listField(body, "profiles"),
    intervalMs: form.interval === "" ? undefined : intervalOf(form.interval),
    credential: credentialOf(form, field(body, "secret")),
  };
}

/** Forms send every line break as CR LF; a private key has LF, the last line's included. */
function credentialOf(form: StackForm, secret: string): NewCredential | undefined {
  if (form.credential === "auto") return undefined;
  const text = secret.replaceAll("\r\n", "\n").trim();
  const kept = form.credential === "ssh-key" && text !== "" ? `${text}\n` : text;
  return { kind: form.credential, username: form.username, secret: kept };
}

function intervalOf(text: string): number {
  try {
    return durationMs(text);
  } catch (thrown) {
    const { message, hint } = asTallymanError(thrown);
    throw new TallymanError("InvalidInput", `interval: ${message}`, { hint });
  }
}
