import type { Command } from "commander";
import type { HostKey } from "../credential.ts";
import { type Context, clientCommand, openSession } from "./command-context.ts";
import { relativeTime } from "./relative-time.ts";
import { table } from "./table.ts";

export function addHostKeyList(group: Command, context: Context): void {
  clientCommand(group, "list", "the pinned host keys").action(async (_options: object, self: Command) => {
    const { client, json, print, printJson } = openSession(context, self);
    const keys = await client.json<readonly HostKey[]>("/host-keys");
    if (json) return printJson(keys);
    const now = context.tools.now();
    const rows = keys.map((key) => [key.host, key.type, key.fingerprint, key.addedBy, relativeTime(key.addedAt, now)]);
    print(table(["host", "type", "fingerprint", "added by", "added"], rows) || "no host keys are pinned yet\n");
  });
}
