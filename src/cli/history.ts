import type { Command } from "commander";
import type { Deployment } from "../deployment.ts";
import { shortCommit } from "../revision.ts";
import { type Context, clientCommand, openSession } from "./command-context.ts";
import { wholeNumber } from "./compose-up-options.ts";
import { relativeTime, showMilliseconds } from "./relative-time.ts";
import { type Paint, showOutcome } from "./style.ts";
import { table } from "./table.ts";

export function addHistory(program: Command, context: Context): void {
  clientCommand(program, "history <stack>", "what was deployed, newest first")
    .option("--limit <number>", "how many entries", "20")
    .action(async (stackName: string, options: { limit: string }, self: Command) => {
      const { client, json, print, printJson, paint, columns } = openSession(context, self);
      const limit = wholeNumber("--limit", options.limit);
      const path = `/stacks/${encodeURIComponent(stackName)}/deployments?limit=${limit}`;
      const deployments = await client.json<readonly Deployment[]>(path);
      if (json) printJson(deployments);
      else print(showHistory(deployments, paint, context.tools.now(), columns));
    });
}

/** Trigger and cause in one phrase; the trigger is left out where the cause says it already. */
function causeOf({ trigger, cause }: Deployment): string {
  if (cause === "" || trigger === "rollback" || cause.includes(trigger)) return cause || trigger;
  return `${trigger}: ${cause}`;
}

function showHistory(deployments: readonly Deployment[], paint: Paint, now: Date, columns?: number): string {
  const rows = deployments.map((deployment) => [
    deployment.id,
    { shown: showOutcome(deployment.status, paint) },
    shortCommit(deployment.commit),
    causeOf(deployment),
    relativeTime(deployment.startedAt, now),
    showMilliseconds(deployment.durationMs),
    deployment.reason ?? deployment.message,
  ]);
  return (
    table(["id", "status", "commit", "cause", "started", "took", "message or reason"], rows, columns) ||
    "nothing was deployed yet\n"
  );
}
