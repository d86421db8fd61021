import type { Command } from "commander";
import type { Context } from "./command-context.ts";
import { addComposeConfig } from "./compose-config.ts";
import { addComposeDown } from "./compose-down.ts";
import { addComposeHash } from "./compose-hash.ts";
import { addComposePlan } from "./compose-plan.ts";
import { addComposePs } from "./compose-ps.ts";
import { addProjectOptions } from "./compose-request.ts";
import { addComposeUp } from "./compose-up.ts";

/** The Compose engine alone. The project's options may stand before or after the verb, as Docker Compose's users write them. */
export function addCompose(program: Command, context: Context): void {
  const group = program.command("compose").description("the Compose engine alone: no daemon, no store");
  addProjectOptions(group);
  addComposeConfig(group, context);
  addComposeHash(group, context);
  addComposePlan(group, context);
  addComposeUp(group, context);
  addComposeDown(group, context);
  addComposePs(group, context);
}
