import type { PassOutcome } from "../deployment.ts";
import type { Reason } from "../error.ts";
import { TallymanError } from "../error.ts";
import type { StackEvent } from "../event.ts";
import { shortCommit } from "../revision.ts";
import type { Client, RequestOptions } from "./client.ts";
import { type Context, paintFor } from "./command-context.ts";
import { complain } from "./complain.ts";
import { followEvents } from "./event-feed.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { plainText } from "./plain-text.ts";
import { type Progress, startProgress } from "./progress.ts";
import { type Paint, showOutcome } from "./style.ts";

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
): Promise<Watched<Answer>> {
  const { signal } = context.tools;
  const ended = new AbortController();
  const progress = startProgress(context);
  const watching = watch(client, stackName, context, progress, AbortSignal.any([signal, ended.signal]));
  try {
    const answer = await client.json<Answer>(path, { ...options, deadlineMs: WAIT_DEADLINE_MS });
    return { answer, summary: progress.summary() };
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    throw new TallymanError("Interrupted", `no longer waiting for ${stackName}`, {
      hint: `It goes on without you; see how with: tallyman events -f ${stackName}`,
      cause: thrown,
    });
  } finally {
    ended.abort();
    await watching;
  }
}

export interface Watched<Answer> {
  readonly answer: Answer;
  /** `6 operations in 2.8 s`; "" when none was seen. */
  readonly summary: string;
}

async function watch(
  client: Client,
  stackName: string,
  context: Context,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const paint = paintFor(context, context.tools.stderr);
  try {
    for await (const event of followEvents(client, signal)) {
      if (event.stack !== stackName) continue;
      if (event.type === "phase") progress.note(`${event.phase}: ${event.detail}`);
      if (event.type === "deployment") tellVerdict(event, progress, paint);
      if (event.type === "operation" || event.type === "warning") progress.show(event);
      if (event.type === "pull-progress" || event.type === "build-progress") progress.show(event);
    }
  } catch (thrown) {
    if (!(thrown instanceof TallymanError)) throw thrown;
  } finally {
    progress.end();
  }
}

/** One pass may make two attempts: what came of the first is why there is a second. */
function tellVerdict(
  { deploymentId, status, reason }: Extract<StackEvent, { type: "deployment" }>,
  progress: Progress,
  paint: Paint,
): void {
  if (status === "applying") return;
  const why = reason === null ? "" : `: ${plainText(reason)}`;
  progress.tell(`${showOutcome(status, paint)} deployment ${plainText(deploymentId)}${why}`);
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

export function describePass(answer: PassAnswer, summary = ""): string {
  const words = plainText(WORDS[answer.outcome] ?? answer.outcome);
  const at = answer.commit === null ? "" : ` (${shortCommit(answer.commit)})`;
  return `${words}${at}${summary === "" ? "" : `, ${summary}`}`;
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
