import { TallymanError } from "../error.ts";
import type { Revision } from "../revision.ts";
import type { RemoteRefs } from "./ls-refs.ts";
import { isFullCommit } from "./ref-name.ts";

/** The prefixes that suffice to resolve a ref: a probe asks for no more. */
export function prefixesFor(wanted: string | null): readonly string[] {
  if (wanted === null) return ["HEAD"];
  return wanted.startsWith("refs/") ? [wanted] : [`refs/heads/${wanted}`, `refs/tags/${wanted}`];
}

/** What makes a good error message once the cheap question found nothing. */
export const ALL_NAMES: readonly string[] = ["HEAD", "refs/heads/", "refs/tags/"];

/** A branch, else a tag (peeled), else a full ref; null is the default branch. Null when the refs hold no such thing. */
export function findRef(remote: RemoteRefs, wanted: string | null): Revision | null {
  if (wanted === null) return revisionOf(remote, "HEAD", remote.head ?? "HEAD");
  if (wanted.startsWith("refs/")) return revisionOf(remote, wanted, wanted);
  const [branch, tag] = [`refs/heads/${wanted}`, `refs/tags/${wanted}`];
  return revisionOf(remote, branch, branch) ?? revisionOf(remote, tag, tag);
}

/**
 * As `findRef`, from a whole list of refs. A full commit stands for itself: whether the remote has it shows at the fetch.
 * Throws GitRefMissing with the nearest branches, or GitEmptyRepository.
 */
export function resolveRef(remote: RemoteRefs, wanted: string | null): Revision {
  if (wanted !== null && isFullCommit(wanted)) return { commit: wanted, ref: "HEAD" };
  const found = findRef(remote, wanted);
  if (found) return found;
  if (remote.refs.size === 0) {
    throw new TallymanError("GitEmptyRepository", "the repository has no commits yet", {
      hint: "Push a first commit; it is deployed at the next poll.",
    });
  }
  const branches = shortNames(remote, "refs/heads/");
  if (wanted === null) {
    throw new TallymanError("GitRefMissing", "the repository's default branch does not exist", {
      hint: `Set a ref for the stack; ${listed("branches", branches)}.`,
    });
  }
  throw new TallymanError("GitRefMissing", `ref: there is no branch or tag ${JSON.stringify(wanted)}`, {
    hint: `Nearest ${listed("branches", nearest(wanted, branches, 5))}.`,
  });
}

function revisionOf(remote: RemoteRefs, key: string, ref: string): Revision | null {
  const found = remote.refs.get(key);
  return found ? { commit: found.peeled ?? found.id, ref } : null;
}

function shortNames(remote: RemoteRefs, prefix: string): readonly string[] {
  return [...remote.refs.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}

function listed(what: string, names: readonly string[]): string {
  return names.length === 0 ? `${what}: none` : `${what}: ${names.slice(0, 5).join(", ")}`;
}

/** The names most like the wanted one, best first. */
export function nearest(wanted: string, names: readonly string[], limit: number): readonly string[] {
  return names
    .slice(0, 2000)
    .map((name) => ({ name, distance: editDistance(wanted.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** Levenshtein's distance. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const swap = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
