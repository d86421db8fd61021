import type { Command } from "commander";
import { type Context, clientCommand, openSession } from "./command-context.ts";

export function addHostKeyForget(group: Command, context: Context): void {
  clientCommand(
    group,
    "forget <host>",
    "no longer trust a server; its stacks stop polling until a key is accepted",
  ).action(async (hostName: string, _options: object, self: Command) => {
    const { client, json, print, printJson } = openSession(context, self);
    const answer = await client.json<unknown>(`/host-keys/${encodeURIComponent(hostName)}`, { method: "DELETE" });
    if (json) printJson(answer);
    else print(`${hostName} is no longer trusted\n`);
  });
}
