import { TallymanError } from "../error.ts";
import { type CredentialKind, type DriftMode, type FailureAction, STACK_DEFAULTS, type Stack } from "../stack.ts";
import { isStackName } from "../stack-folders.ts";

const SHORTEST_INTERVAL_MS = 5_000;
const LONGEST_INTERVAL_MS = 7 * 86_400_000;
const SHORTEST_GATE_MS = 1_000;
const LONGEST_GATE_MS = 86_400_000;

/** `/stacks/new` is the page that adds one. */
const RESERVED = "new";

/** How a stack is kept, as an operator may say it; what is absent stays as it is, or as it is by default. */
export interface StackSettings {
  readonly repository?: string | undefined;
  /** Null or "": the default branch. */
  readonly ref?: string | null | undefined;
  readonly path?: string | undefined;
  readonly files?: readonly string[] | undefined;
  readonly envFiles?: readonly string[] | undefined;
  readonly profiles?: readonly string[] | undefined;
  readonly intervalMs?: number | undefined;
  readonly drift?: DriftMode | undefined;
  /** Null: as each service says. */
  readonly onFailure?: FailureAction | null | undefined;
  /** Null: as its healthchecks suggest. */
  readonly gateTimeoutMs?: number | null | undefined;
  readonly prune?: boolean | undefined;
  readonly dependsOn?: readonly string[] | undefined;
  readonly credential?: NewCredential | undefined;
}

/** What an operator says about a stack to add: the body of `POST /api/v1/stacks`. */
export interface NewStack extends StackSettings {
  readonly name: string;
  readonly repository: string;
  readonly project?: string | undefined;
}

export interface NewCredential {
  readonly kind: CredentialKind;
  readonly username?: string | undefined;
  readonly secret?: string | undefined;
}

/** The stack that the words describe. Throws InvalidInput that names the field. The repository was judged by the git side before. */
export function stackFrom(
  input: NewStack,
  credential: CredentialKind,
  defaults: { readonly intervalMs: number; readonly createdAt: string },
): Stack {
  const blank = { repository: "", ref: null, path: "", files: [], envFiles: [], profiles: [], project: "" } as const;
  const named = { name: nameIn("name", input.name), project: nameIn("project", input.project || input.name) };
  return withSettings({ ...STACK_DEFAULTS, ...blank, ...defaults, ...named, credential }, input);
}

/** The stack with what the settings say. Throws InvalidInput that names the field. */
export function withSettings(stack: Stack, given: StackSettings): Stack {
  return {
    ...stack,
    repository: (given.repository ?? stack.repository).trim(),
    ref: given.ref === undefined ? stack.ref : refIn(given.ref?.trim()),
    path: given.path === undefined ? stack.path : folderIn(given.path.trim()),
    files: given.files?.map((file) => fileIn("files", file)) ?? stack.files,
    envFiles: given.envFiles?.map((file) => fileIn("envFiles", file)) ?? stack.envFiles,
    profiles: given.profiles?.map(profileIn) ?? stack.profiles,
    intervalMs: intervalIn(given.intervalMs ?? stack.intervalMs),
    drift: given.drift ?? stack.drift,
    onFailure: given.onFailure === undefined ? stack.onFailure : given.onFailure,
    gateTimeoutMs: given.gateTimeoutMs === undefined ? stack.gateTimeoutMs : gateTimeoutIn(given.gateTimeoutMs),
    prune: given.prune ?? stack.prune,
    dependsOn: given.dependsOn?.map((name) => name.trim()) ?? stack.dependsOn,
  };
}

function nameIn(field: string, text: string): string {
  if (isStackName(text) && text !== RESERVED) return text;
  throw invalid(
    field,
    `"${shown(text)}" is not a name`,
    "Use lowercase letters, digits, - and _, beginning with a letter or digit; at most 63.",
  );
}

/** The rules of git check-ref-format, and nothing that a command line could take for an option. */
function refIn(text: string | null | undefined): string | null {
  if (!text) return null;
  const odd = /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|^[-/.@]$|^-|\/$|\.$|\.lock(\/|$)|(^|\/)\./u.test(text);
  if (!odd && text.length <= 255) return text;
  throw invalid(
    "ref",
    `"${shown(text)}" cannot be a branch, tag or commit`,
    "Leave it empty to follow the default branch.",
  );
}

function folderIn(text: string): string {
  const folder = text.replace(/^\.\//, "").replace(/\/+$/, "");
  return folder === "" || folder === "." ? "" : insideTree("path", folder);
}

function fileIn(field: string, text: string): string {
  return insideTree(field, text.trim());
}

/** The real check comes with the files; this one spares the operator the wait. */
function insideTree(field: string, text: string): string {
  const segments = text.split("/");
  const odd = text === "" || text.length > 1_024 || /[\p{Cc}\\]/u.test(text) || /^[-/~]/.test(text);
  if (!odd && !segments.includes("..") && !segments.includes(".git")) return text;
  throw invalid(
    field,
    `"${shown(text)}" does not lie inside the repository`,
    "Give it relative to the repository, without .. and without a leading slash.",
  );
}

function profileIn(text: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(text)) return text;
  throw invalid("profiles", `"${shown(text)}" is not a profile name`, "Use letters, digits, _, . and -.");
}

function intervalIn(intervalMs: number): number {
  if (Number.isInteger(intervalMs) && intervalMs >= SHORTEST_INTERVAL_MS && intervalMs <= LONGEST_INTERVAL_MS)
    return intervalMs;
  throw invalid("intervalMs", "must lie between 5 seconds and 7 days", "60s is a good start.");
}

function gateTimeoutIn(timeoutMs: number | null): number | null {
  if (timeoutMs === null) return null;
  if (Number.isInteger(timeoutMs) && timeoutMs >= SHORTEST_GATE_MS && timeoutMs <= LONGEST_GATE_MS) return timeoutMs;
  throw invalid(
    "gateTimeoutMs",
    "must lie between 1 second and 1 day",
    "Leave it out to wait as the healthchecks suggest.",
  );
}

function invalid(field: string, message: string, hint: string): TallymanError {
  return new TallymanError("InvalidInput", `${field}: ${message}`, { hint });
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
