import { shortCommit } from "../src/revision.ts";
import { commitChip } from "./commit.tsx";
import { type Child, Fragment, h, type Markup } from "./h.ts";

type Commits = readonly (string | null)[];

/** A sentence of ours, marked as `phrase` does. */
export function prose(text: string, commits: Commits = []): Markup {
  return phrase(sentence(text), commits);
}

/**
 * What errors, hints and reasons mark: `commands` in backticks become code, the short ids of these commits chips. Everything else stays
 * text.
 */
export function phrase(text: string, commits: Commits = []): Markup {
  const known = new Map(commits.flatMap((commit) => (commit ? [[shortCommit(commit), commit] as const] : [])));
  const parts = text.split(/(`[^`\n]+`|\b[0-9a-f]{7}\b)/);
  return <>{parts.map((part) => marked(part, known))}</>;
}

function marked(part: string, commits: ReadonlyMap<string, string>): Child {
  const commit = commits.get(part);
  if (commit) return commitChip(commit);
  return /^`.+`$/.test(part) ? <code>{part.slice(1, -1)}</code> : part;
}

/** Error texts begin lowercase with the thing they name and may lack a stop; on a page they stand beside other sentences. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…:]$/.test(trimmed) || trimmed === "" ? trimmed : `${trimmed}.`;
}
