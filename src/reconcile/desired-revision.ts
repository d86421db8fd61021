import type { Deployment, Release } from "../deployment.ts";
import type { Revision } from "../revision.ts";

const INTERRUPTIONS_ALLOWED = 3;

/** The answer to question one. */
export type Desire =
  /** This commit should run. */
  | { readonly kind: "run"; readonly commit: string }
  /** The wanted commit is known to be bad: the last healthy release should run. */
  | { readonly kind: "return"; readonly release: Release; readonly blockedBy: Deployment }
  /** The wanted commit is known to be bad and there is nothing to go back to. */
  | { readonly kind: "nothing"; readonly blockedBy: Deployment };

/**
 * Question one: which revision should run? A commit is tried once with the same settings; after it failed the answer is the last
 * healthy release, until commit or settings change. `history` is newest first. Pure.
 */
export function desiredRevision(
  wanted: Revision,
  settingsDigest: string,
  history: readonly Deployment[],
  lastRelease: Release | null,
): Desire {
  const blockedBy = blockingAttempt(wanted.commit, settingsDigest, history);
  if (!blockedBy) return { kind: "run", commit: wanted.commit };
  if (!lastRelease || lastRelease.commit === wanted.commit) return { kind: "nothing", blockedBy };
  const returnFailed = blockingAttempt(lastRelease.commit, lastRelease.settingsDigest, history);
  return returnFailed
    ? { kind: "nothing", blockedBy: returnFailed }
    : { kind: "return", release: lastRelease, blockedBy };
}

/** The newest attempt of this key, when it says that trying again is useless. */
export function blockingAttempt(
  commit: string,
  settingsDigest: string,
  history: readonly Deployment[],
): Deployment | null {
  const newest = history.find((attempt) => attempt.commit === commit && attempt.settingsDigest === settingsDigest);
  if (!newest) return null;
  const refused = newest.status === "failed" && (newest.class === "rejected" || newest.class === "unhealthy");
  const keepsDying = newest.status === "interrupted" && newest.interruptions >= INTERRUPTIONS_ALLOWED;
  return refused || keepsDying ? newest : null;
}
