import type { Command } from "commander";
import { type Context, clientCommand, openSession } from "./command-context.ts";

export function addStackRemove(group: Command, context: Context): void {
  clientCommand(
    group,
    "remove <name>",
    "stop a stack and remove its containers and networks; volumes and history stay",
  ).action(async (stackName: string, _options: object, self: Command) => {
    const { client, json, print, printJson } = openSession(context, self);
    const path = `/stacks/${encodeURIComponent(stackName)}`;
    // Every container may use up its own grace period.
    const answer = await client.json<{ readonly removed: string }>(path, { method: "DELETE", deadlineMs: 15 * 60_000 });
    if (json) printJson(answer);
    else print(`removed ${answer.removed}; its volumes and its history stay\n`);
  });
}
