import type { PassOutcome } from "../deployment.ts";
import type { Reason } from "../error.ts";
import { TallymanError } from "../error.ts";
import { shortCommit } from "../revision.ts";
import type { Client, RequestOptions } from "./client.ts";
import { type Context, paintFor } from "./command-context.ts";
import { complain } from "./complain.ts";
import { followEvents } from "./event-feed.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { plainText } from "./plain-text.ts";
import { startProgress } from "./progress.ts";

/** Pulls, builds and gates may take long; beyond this the answer is no longer waited for. */
const WAIT_DEADLINE_MS = 2 * 3_600_000;

/** How a pass ended, as the daemon tells it. */
export interface PassAnswer {
  readonly outcome: PassOutcome;
  readonly deploymentId: string | null;
  readonly commit: string | null;
  readonly error: { readonly reason: Reason; readonly message: string; readonly hint: string } | null;
}

interface Asked extends RequestOptions {
  readonly path: string;
  readonly stackName: string;
}

/**
 * Asks for something that leads to a pass, waits for its end and meanwhile tells on stderr what happens. The events are company only: the
 * answer to the request decides, whatever becomes of them.
 */
export async function askAndWatch<Answer>(
  client: Client,
  { path, stackName, ...options }: Asked,
  context: Context,
): Promise<Answer> {
  const ended = new AbortController();
  const watching = watch(client, stackName, context, AbortSignal.any([context.tools.signal, ended.signal]));
  try {
    return await client.json<Answer>(path, { ...options, deadlineMs: WAIT_DEADLINE_MS });
  } finally {
    ended.abort();
    await watching;
  }
}

async function watch(client: Client, stackName: string, context: Context, signal: AbortSignal): Promise<void> {
  const { stderr } = context.tools;
  const progress = startProgress(stderr, paintFor(context, stderr));
  try {
    for await (const event of followEvents(client, signal)) {
      if (event.stack !== stackName) continue;
      if (event.type === "phase") progress.note(`${event.phase}: ${event.detail}`);
      if (event.type === "operation" || event.type === "warning") progress.show(event);
      if (event.type === "pull-progress" || event.type === "build-progress") progress.show(event);
    }
  } catch (thrown) {
    if (!(thrown instanceof TallymanError)) throw thrown;
  } finally {
    progress.end();
  }
}

const WORDS: Readonly<Record<PassAnswer["outcome"], string>> = {
  "in-sync": "in sync, nothing to do",
  healthy: "deployed and healthy",
  "rolled-back": "not healthy; went back to the last healthy release",
  failed: "failed",
  blocked: "blocked: this commit failed before and is not tried again until it or the settings change",
  interrupted: "interrupted",
  drifted: "Docker differs from the release; only reported, as this stack is set",
  stopped: "stopped; its containers stay so until somebody starts it",
  suspended: "suspended; nothing is changed until somebody resumes it",
};

export function describePass(answer: PassAnswer): string {
  const words = plainText(WORDS[answer.outcome] ?? answer.outcome);
  return answer.commit === null ? words : `${words} (${shortCommit(answer.commit)})`;
}

/** What a command ends with that waited. `fine`: outcomes that are just what was asked for. The error of the pass goes to stderr. */
export function reportPass(
  answer: PassAnswer,
  context: Context,
  fine: readonly PassAnswer["outcome"][] = [],
): ExitCode {
  if (answer.error) complain(context, "error:", answer.error);
  if (fine.includes(answer.outcome)) return EXIT.done;
  switch (answer.outcome) {
    case "in-sync":
    case "healthy":
      return EXIT.done;
    case "rolled-back":
    case "blocked":
      return EXIT.notHealthy;
    case "drifted":
      return EXIT.outOfSync;
    case "stopped":
    case "suspended":
      return EXIT.failed;
    case "failed":
    case "interrupted":
      return answer.error?.reason === "NotHealthy" ? EXIT.notHealthy : EXIT.failed;
  }
}
