import type { Command } from "commander";
import { type Context, clientCommand, openSession } from "./command-context.ts";

export function addHostKeyAccept(group: Command, context: Context): void {
  clientCommand(group, "accept <host> <fingerprint>", "pin a server's key, if it is the one with this fingerprint")
    .addHelpText(
      "after",
      "\nCompare the fingerprint with what the server's owner published, not with what a failed poll showed.",
    )
    .action(async (hostName: string, fingerprint: string, _options: object, self: Command) => {
      const { client, json, print, printJson } = openSession(context, self);
      const answer = await client.json<unknown>("/host-keys", {
        method: "POST",
        body: { host: hostName, fingerprint },
      });
      if (json) printJson(answer);
      else print(`${hostName} is trusted as ${fingerprint}\n`);
    });
}
