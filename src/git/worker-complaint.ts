import { TallymanError } from "../error.ts";
import type { WorkerResult } from "../worker.ts";
import type { RemoteUrl } from "./remote-url.ts";

type Kind = "missing" | "known" | "corrupt";

export interface Complaint {
  /** `missing`: the remote does not give this object; `corrupt`: the mirror may be broken, so a new one is worth a try. */
  readonly kind: Kind;
  readonly error: TallymanError;
}

/** What git said when a job failed, as an error. `secrets` are struck out wherever they occur. */
export function complaintOf(result: WorkerResult, remote: RemoteUrl, secrets: readonly string[]): Complaint {
  const text = strike(result.stderr, secrets);
  if (result.exitCode === KILLED) return { kind: "known", error: killed(remote) };
  const rule = RULES.find(({ pattern }) => pattern.test(text));
  const words = rule ? wordsOf(rule, text) : lastWords(text);
  if (!rule) {
    const message = `git ended with code ${result.exitCode} on ${remote.printable}${words === "" ? "" : `: ${words}`}`;
    return {
      kind: "corrupt",
      error: new TallymanError("WorkerFailed", message, { hint: "It is tried again at the next poll." }),
    };
  }
  return {
    kind: rule.kind,
    error: new TallymanError(rule.reason, `${remote.printable} ${rule.what} (${words})`, { hint: rule.hint }),
  };
}

/** 128 and SIGKILL: nobody but the kernel does that to a worker that still ran. */
const KILLED = 137;

function killed(remote: RemoteUrl): TallymanError {
  return new TallymanError(
    "WorkerFailed",
    `the worker for ${remote.printable} was killed, most likely for want of memory`,
    {
      hint: "Keep large files out of the repository that is deployed from.",
    },
  );
}

interface Rule {
  readonly pattern: RegExp;
  readonly kind: Kind;
  readonly reason: TallymanError["reason"];
  readonly what: string;
  readonly hint: string;
}

const RULES: readonly Rule[] = [
  {
    pattern: /no space left on device|disk quota exceeded/i,
    kind: "known",
    reason: "DiskFull",
    what: "could not be stored: the disk is full",
    hint: "Free space under Tallyman's root directory.",
  },
  {
    pattern: /not our ref|unadvertised object|couldn't find remote ref|remote ref .* not found|no such remote ref/i,
    kind: "missing",
    reason: "GitRefMissing",
    what: "no longer has the wanted commit",
    hint: "It was rewritten or removed; the next poll takes the new head.",
  },
  {
    // What `fetch.fsckObjects` finds: `.git` in a tree, a submodule named `../../x`, … Another fetch would bring the same.
    pattern: /^error: object [0-9a-f]{40,64}: \w+: /im,
    kind: "known",
    reason: "GitRefused",
    what: "holds an object that git takes for unsafe or broken",
    hint: "Take it out of the history that is deployed from, or deploy a branch without it.",
  },
  {
    pattern: /host key verification failed|no .* host key is known|remote host identification has changed/i,
    kind: "known",
    reason: "HostKeyChanged",
    what: "shows another host key than the pinned one",
    hint: "Someone may be in between; ask the server's operator before you accept a new key.",
  },
  {
    pattern:
      /authentication failed|could not read (username|password)|permission denied|invalid credentials|error: 40[13]/i,
    kind: "known",
    reason: "GitAuthentication",
    what: "refused the stack's credential",
    hint: "Check that the key or token may read this repository and has not expired.",
  },
  {
    pattern: /repository .* not found|does not appear to be a git repository|repository not found|error: 404/i,
    kind: "known",
    reason: "GitNotARepository",
    what: "is not a Git repository that can be read",
    hint: "Check the URL and the credential.",
  },
  {
    pattern:
      /could not resolve host|connection (refused|reset|timed out|closed)|couldn't connect|failed to connect|network is unreachable|ssl certificate|operation too slow|temporary failure|rpc failed/i,
    kind: "known",
    reason: "GitUnreachable",
    what: "cannot be reached from the worker",
    hint: "Check that containers on this host reach the Git server; it is tried again at the next poll.",
  },
];

function strike(text: string, secrets: readonly string[]): string {
  const spellings = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]).filter((secret) => secret !== "");
  return spellings.reduce((struck, secret) => struck.replaceAll(secret, "***"), text);
}

/** The line that a rule goes by. */
function wordsOf({ pattern }: Rule, text: string): string {
  return lastWords(text.split("\n").find((line) => pattern.test(line)) ?? text);
}

/** The most telling line: the last that says fatal or error, else the last. Text from outside, so without control characters. */
function lastWords(text: string): string {
  const lines = text.split("\n").map((line) => line.replace(/\p{Cc}+/gu, " ").trim());
  const told = lines.filter((line) => line !== "");
  return (told.findLast((line) => /^(fatal|error|ERROR|remote):/.test(line)) ?? told.at(-1) ?? "").slice(0, 300);
}
