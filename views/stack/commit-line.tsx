import type { Deployment, Release } from "../../src/deployment.ts";
import { commitChip } from "../commit.tsx";
import { h, type Markup } from "../h.ts";
import { timeAge } from "../time.tsx";

/** What is known of a commit: text from outside. */
export interface CommitWords {
  readonly message: string;
  readonly author: string;
}

/** What was said of a commit, from the release or the history; null when nothing is recorded. */
export function commitWords(
  commit: string,
  release: Release | null,
  deployments: readonly Deployment[],
): CommitWords | null {
  if (release?.commit === commit) return release;
  return deployments.find((deployment) => deployment.commit === commit) ?? null;
}

interface CommitLine extends CommitWords {
  readonly commit: string;
  /** When it began to run or was tried. */
  readonly at: string | null;
}

/** Id, first line of the message, author and age in one line that is cut rather than broken. */
export function commitLine(now: Date, { commit, message, author, at }: CommitLine): Markup {
  return (
    <span class="commit">
      {commitChip(commit)}
      <span class="cut" title={message}>
        {message}
      </span>
      {author || at ? (
        <span class="faint who">
          {author}
          {author && at ? ", " : null}
          {at ? timeAge(now, at) : null}
        </span>
      ) : null}
    </span>
  );
}
