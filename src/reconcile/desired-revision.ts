import type { Deployment, Release } from "../deployment.ts";
import type { Revision } from "../revision.ts";
import type { Hold } from "../stack.ts";

const INTERRUPTIONS_ALLOWED = 3;

/** The answer to question one. */
export type Desire =
  /** This commit should run. */
  | { readonly kind: "run"; readonly commit: string }
  /** An operator chose this release, whatever is newer. */
  | { readonly kind: "pinned"; readonly release: Release; readonly hold: Hold }
  /** The wanted commit is known to be bad: the last healthy release should run. */
  | { readonly kind: "return"; readonly release: Release; readonly blockedBy: Deployment }
  /** The wanted commit is known to be bad and there is nothing to go back to, or nobody wants to. */
  | { readonly kind: "nothing"; readonly blockedBy: Deployment }
  /** An operator stopped it: no container should run. */
  | { readonly kind: "stopped"; readonly hold: Hold }
  /** An operator suspended it: nothing is changed. */
  | { readonly kind: "suspended"; readonly hold: Hold };

export interface Known {
  /** Newest first. */
  readonly history: readonly Deployment[];
  readonly lastRelease: Release | null;
  readonly holds: readonly Hold[];
  /** The release that a `pinned` hold names; null without one, or when the history has forgotten it. */
  readonly pinnedRelease: Release | null;
}

/**
 * Question one: which revision should run? Holds speak first. A commit is tried once with the same settings; after it failed the
 * answer is the last healthy release, until commit or settings change. Pure.
 */
export function desiredRevision(wanted: Revision, settingsDigest: string, known: Known): Desire {
  const { history, lastRelease, holds, pinnedRelease } = known;
  const held = (kind: Hold["kind"]): Hold | undefined => holds.find((hold) => hold.kind === kind);
  const suspended = held("suspended");
  if (suspended) return { kind: "suspended", hold: suspended };
  const stopped = held("stopped");
  if (stopped) return { kind: "stopped", hold: stopped };
  const pinned = held("pinned");
  // A pin that leads nowhere any more is no leave to run something else. One to a revision stands in place of what Git wants.
  if (pinned && !pinned.revision)
    return pinnedRelease ? pinnedDesire(pinned, pinnedRelease, history) : { kind: "suspended", hold: pinned };
  const blockedBy = blockingAttempt(wanted.commit, settingsDigest, history);
  if (!blockedBy) return { kind: "run", commit: wanted.commit };
  const staysUp = blockedBy.failureAction === "pause" || blockedBy.failureAction === "continue";
  const same = lastRelease?.commit === wanted.commit && lastRelease.settingsDigest === settingsDigest;
  if (staysUp || !lastRelease || same) return { kind: "nothing", blockedBy };
  // What went wrong with it before is no reason to leave the bad one up: only the way back from that one counts.
  const since = history.slice(0, history.indexOf(blockedBy));
  const returnFailed = blockingAttempt(lastRelease.commit, lastRelease.settingsDigest, since);
  return returnFailed
    ? { kind: "nothing", blockedBy: returnFailed }
    : { kind: "return", release: lastRelease, blockedBy };
}

/** What failed after somebody pinned it is not tried again either; what failed before that was somebody's word against it. */
function pinnedDesire(hold: Hold, release: Release, history: readonly Deployment[]): Desire {
  const since = history.filter((attempt) => attempt.startedAt >= hold.at);
  const blockedBy = blockingAttempt(release.commit, release.settingsDigest, since);
  return blockedBy ? { kind: "nothing", blockedBy } : { kind: "pinned", release, hold };
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
