import type { Command } from "commander";
import type { StackStatus } from "../stack.ts";
import { type Context, clientCommand, openSession } from "./command-context.ts";
import { showStatuses } from "./status.ts";

export function addStackList(group: Command, context: Context): void {
  clientCommand(group, "list", "the stacks and their state").action(async (_options: object, self: Command) => {
    const { client, json, print, printJson, paint, columns } = openSession(context, self);
    const statuses = await client.json<readonly StackStatus[]>("/stacks");
    if (json) printJson(statuses);
    else print(showStatuses(statuses, paint, context.tools.now(), columns));
  });
}
