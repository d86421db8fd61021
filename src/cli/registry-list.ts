import type { Command } from "commander";
import { type Context, clientCommand, openSession } from "./command-context.ts";
import { table } from "./table.ts";

export function addRegistryList(group: Command, context: Context): void {
  clientCommand(group, "list", "registries and the user name for each").action(
    async (_options: object, self: Command) => {
      const { client, json, print, printJson, columns } = openSession(context, self);
      const logins = await client.json<readonly { readonly host: string; readonly username: string }[]>("/registries");
      const rows = logins.map(({ host, username }) => [host, username]);
      if (json) printJson(logins);
      else print(table(["registry", "user name"], rows, columns) || "no login yet; public images need none\n");
    },
  );
}
