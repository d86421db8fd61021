import { TallymanError } from "../error.ts";
import { type CredentialKind, STACK_DEFAULTS, type Stack } from "../stack.ts";

const SHORTEST_INTERVAL_MS = 5_000;
const LONGEST_INTERVAL_MS = 7 * 86_400_000;
const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** `/stacks/new` is the page that adds one. */
const RESERVED = "new";

/** What an operator says about a stack to add: the body of `POST /api/v1/stacks`. */
export interface NewStack {
  readonly name: string;
  readonly repository: string;
  readonly ref?: string | undefined;
  readonly path?: string | undefined;
  readonly files?: readonly string[] | undefined;
  readonly envFiles?: readonly string[] | undefined;
  readonly profiles?: readonly string[] | undefined;
  readonly intervalMs?: number | undefined;
  readonly project?: string | undefined;
  readonly credential?: NewCredential | undefined;
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
  return {
    name: nameIn("name", input.name),
    project: nameIn("project", input.project || input.name),
    repository: input.repository.trim(),
    ref: refIn(input.ref?.trim()),
    path: folderIn(input.path?.trim() ?? ""),
    files: (input.files ?? []).map((file) => fileIn("files", file)),
    envFiles: (input.envFiles ?? []).map((file) => fileIn("envFiles", file)),
    profiles: (input.profiles ?? []).map(profileIn),
    intervalMs: intervalIn(input.intervalMs ?? defaults.intervalMs),
    credential,
    ...STACK_DEFAULTS,
    createdAt: defaults.createdAt,
  };
}

function nameIn(field: string, text: string): string {
  if (NAME.test(text) && text !== RESERVED) return text;
  throw invalid(
    field,
    `"${shown(text)}" is not a name`,
    "Use lowercase letters, digits, - and _, beginning with a letter or digit; at most 63.",
  );
}

/** The rules of git check-ref-format, and nothing that a command line could take for an option. */
function refIn(text: string | undefined): string | null {
  if (text === undefined || text === "") return null;
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

function invalid(field: string, message: string, hint: string): TallymanError {
  return new TallymanError("InvalidInput", `${field}: ${message}`, { hint });
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
