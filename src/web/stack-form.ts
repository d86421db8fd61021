import { EMPTY_STACK_FORM, type StackForm } from "../../views/stack/stack-view.ts";
import { asTallymanError, TallymanError } from "../error.ts";
import { durationMs, showDuration } from "../quantity.ts";
import type { Stack } from "../stack.ts";
import { settingsVersion } from "./edit-stack.ts";
import { field, listField } from "./form.ts";
import type { NewCredential, NewStack, StackSettings } from "./new-stack.ts";

const CREDENTIALS = ["https-token", "ssh-key", "deploy-key"] as const;
const DRIFTS = ["report", "off"] as const;
const ACTIONS = ["rollback", "pause", "continue"] as const;

/** The fields of the form as they were typed, without the secret: what is shown again beside an error. */
export function typedForm(body: unknown): StackForm {
  const typed = (name: string) => field(body, name).trim().slice(0, 4_096);
  return {
    name: typed("name"),
    project: typed("project"),
    repository: typed("repository"),
    ref: typed("ref"),
    path: typed("path"),
    files: typed("files"),
    envFiles: typed("envFiles"),
    profiles: typed("profiles"),
    interval: typed("interval"),
    drift: oneOf(DRIFTS, typed("drift")) ?? "repair",
    onFailure: oneOf(ACTIONS, typed("onFailure")) ?? "",
    gateTimeout: typed("gateTimeout"),
    prune: typed("prune") === "no" ? "no" : "yes",
    dependsOn: typed("dependsOn"),
    credential: oneOf(CREDENTIALS, typed("credential")) ?? "auto",
    username: typed("username"),
    version: typed("version"),
  };
}

function oneOf<Value extends string>(values: readonly Value[], text: string): Value | undefined {
  return values.find((value) => value === text);
}

/** The same as the API takes it. Throws InvalidInput for a duration that is none. */
export function stackOfForm(form: StackForm, body: unknown): NewStack {
  return { ...settingsOfForm(form, body), name: form.name, repository: form.repository };
}

/** Every setting that the form shows. Throws InvalidInput for a duration that is none. */
export function settingsOfForm(form: StackForm, body: unknown): StackSettings {
  return {
    repository: form.repository,
    ref: form.ref,
    path: form.path,
    files: listField(body, "files"),
    envFiles: listField(body, "envFiles"),
    profiles: listField(body, "profiles"),
    intervalMs: form.interval === "" ? undefined : durationOf("interval", form.interval),
    drift: form.drift,
    onFailure: form.onFailure === "" ? null : form.onFailure,
    gateTimeoutMs: form.gateTimeout === "" ? null : durationOf("gateTimeout", form.gateTimeout),
    prune: form.prune === "yes",
    dependsOn: listField(body, "dependsOn"),
    credential: credentialOf(form, field(body, "secret")),
  };
}

/** The form that says what is set now. */
export function formOf(stack: Stack): StackForm {
  const shown = (ms: number) => showDuration(BigInt(ms) * 1_000_000n);
  return {
    ...EMPTY_STACK_FORM,
    name: stack.name,
    repository: stack.repository,
    ref: stack.ref ?? "",
    path: stack.path,
    files: stack.files.join("\n"),
    envFiles: stack.envFiles.join("\n"),
    profiles: stack.profiles.join("\n"),
    interval: shown(stack.intervalMs),
    drift: stack.drift,
    onFailure: stack.onFailure ?? "",
    gateTimeout: stack.gateTimeoutMs === null ? "" : shown(stack.gateTimeoutMs),
    prune: stack.prune ? "yes" : "no",
    dependsOn: stack.dependsOn.join("\n"),
    version: settingsVersion(stack),
  };
}

/** Forms send every line break as CR LF; a private key has LF, the last line's included. */
function credentialOf(form: StackForm, secret: string): NewCredential | undefined {
  if (form.credential === "auto") return undefined;
  const text = secret.replaceAll("\r\n", "\n").trim();
  const kept = form.credential === "ssh-key" && text !== "" ? `${text}\n` : text;
  return { kind: form.credential, username: form.username, secret: kept };
}

function durationOf(name: string, text: string): number {
  try {
    return durationMs(text);
  } catch (thrown) {
    const { message, hint } = asTallymanError(thrown);
    throw new TallymanError("InvalidInput", `${name}: ${message}`, { hint });
  }
}
