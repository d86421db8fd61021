import { TallymanError } from "../error.ts";
import type { CommitInfo } from "../revision.ts";

/** Reads what the info job prints: commit, author, date, subject, separated by NUL. Text from outside: shortened, without control characters. */
export function parseCommitInfo(text: string, commit: string): CommitInfo {
  const [told, author = "", date = "", subject = ""] = text.replace(/\n$/, "").split("\0");
  if (told !== commit) throw new TallymanError("WorkerFailed", `the worker told of another commit than ${commit}`);
  const at = new Date(date);
  return {
    commit,
    author: plain(author, 100),
    message: plain(subject, 500),
    committedAt: (Number.isNaN(at.getTime()) ? new Date(0) : at).toISOString(),
  };
}

function plain(text: string, length: number): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .trim()
    .slice(0, length);
}
