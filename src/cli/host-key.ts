import type { Command } from "commander";
import type { Context } from "./command-context.ts";
import { addHostKeyAccept } from "./host-key-accept.ts";
import { addHostKeyForget } from "./host-key-forget.ts";
import { addHostKeyList } from "./host-key-list.ts";

export function addHostKey(program: Command, context: Context): void {
  const group = program.command("host-key").description("the SSH servers that somebody vouched for");
  addHostKeyList(group, context);
  addHostKeyAccept(group, context);
  addHostKeyForget(group, context);
}
