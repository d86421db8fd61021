/** What a ref points to on the remote: the answer to a probe. */
export interface Revision {
  /** Full object id: 40 hex characters (SHA-1) or 64 (SHA-256). */
  readonly commit: string;
  /** The ref that was resolved, in full: `refs/heads/main`, `refs/tags/v1`; `HEAD` when it has no name. */
  readonly ref: string;
}

/** Who made a commit and what they said of it: text from outside, shown as text only. */
export interface CommitInfo {
  readonly commit: string;
  readonly author: string;
  /** First line of the message. */
  readonly message: string;
  /** RFC 3339 UTC. */
  readonly committedAt: string;
}

/** The short form that people read. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 7);
}
