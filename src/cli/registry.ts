import type { Command } from "commander";
import type { Context } from "./command-context.ts";
import { addRegistryList } from "./registry-list.ts";
import { addRegistryLogin } from "./registry-login.ts";
import { addRegistryLogout } from "./registry-logout.ts";

export function addRegistry(program: Command, context: Context): void {
  const group = program.command("registry").description("logins with which images are pulled");
  addRegistryLogin(group, context);
  addRegistryList(group, context);
  addRegistryLogout(group, context);
}
