import type { Command } from "commander";
import { type Context, clientCommand, openSession } from "./command-context.ts";
import { plainText } from "./plain-text.ts";
import { registryPath } from "./registry-login.ts";

export function addRegistryLogout(group: Command, context: Context): void {
  clientCommand(group, "logout <host>", "forget the login for a registry").action(
    async (host: string, _options: object, self: Command) => {
      const { client, json, print, printJson } = openSession(context, self);
      const path = registryPath(host);
      const answer = await client.json<{ readonly removed: string }>(path, { method: "DELETE" });
      if (json) printJson(answer);
      else print(`the login for ${plainText(answer.removed)} is forgotten\n`);
    },
  );
}
