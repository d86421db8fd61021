import type { Command } from "commander";
import type { Reason } from "../error.ts";
import { TallymanError } from "../error.ts";
import { shortCommit } from "../revision.ts";
import type { Client } from "./client.ts";
import { type Context, clientCommand, openSession, paintFor } from "./command-context.ts";
import { complain } from "./complain.ts";
import { followEvents } from "./event-feed.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { plainText } from "./plain-text.ts";
import { startProgress } from "./progress.ts";

/** Pulls, builds and gates may take long; beyond this the answer is no longer waited for. */
const WAIT_DEADLINE_MS = 2 * 3_600_000;

interface PassAnswer {
  readonly outcome: "in-sync" | "healthy" | "rolled-back" | "failed" | "blocked" | "interrupted";
  readonly deploymentId: string | null;
  readonly commit: string | null;
  readonly error: { readonly reason: Reason; readonly message: string; readonly hint: string } | null;
}

export function addDeploy(program: Command, context: Context): void {
  clientCommand(program, "deploy <stack>", "poll now and deploy what Git asks for")
    .option("--wait", "wait for the end; exit 3 when it went back, was blocked or is not healthy")
    .action(async (stackName: string, options: { wait?: boolean }, self: Command) => {
      const { client, json, print, printJson } = openSession(context, self);
      const path = `/stacks/${encodeURIComponent(stackName)}/deploy`;
      if (!options.wait) {
        const answer = await client.json<object>(path, { method: "POST", body: {} });
        return json
          ? printJson(answer)
          : print(`${stackName}: taken; follow it with: tallyman events -f ${stackName}\n`);
      }
      const answer = await deployAndWatch(client, stackName, path, context);
      if (json) printJson(answer);
      else print(`${stackName}: ${describe(answer)}\n`);
      context.end(report(answer, context));
    });
}

/** The events are company only: the answer to the request decides, whatever becomes of them. */
async function deployAndWatch(client: Client, stackName: string, path: string, context: Context): Promise<PassAnswer> {
  const { tools } = context;
  const ended = new AbortController();
  const watching = watch(client, stackName, context, AbortSignal.any([tools.signal, ended.signal]));
  try {
    return await client.json<PassAnswer>(path, {
      method: "POST",
      body: { wait: true },
      deadlineMs: WAIT_DEADLINE_MS,
    });
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
};

function describe(answer: PassAnswer): string {
  const words = plainText(WORDS[answer.outcome] ?? answer.outcome);
  return answer.commit === null ? words : `${words} (${shortCommit(answer.commit)})`;
}

function report(answer: PassAnswer, context: Context): ExitCode {
  if (answer.error) complain(context, "error:", answer.error);
  switch (answer.outcome) {
    case "in-sync":
    case "healthy":
      return EXIT.done;
    case "rolled-back":
    case "blocked":
      return EXIT.notHealthy;
    case "failed":
    case "interrupted":
      return answer.error?.reason === "NotHealthy" ? EXIT.notHealthy : EXIT.failed;
  }
}
