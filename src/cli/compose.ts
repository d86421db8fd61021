import type { Command } from "commander";
import type { Context } from "./command-context.ts";
import { addComposeConfig } from "./compose-config.ts";
import { addComposeDown } from "./compose-down.ts";
import { addComposeHash } from "./compose-hash.ts";
import { addComposePlan } from "./compose-plan.ts";
import { addComposePs } from "./compose-ps.ts";
import { addProjectOptions } from "./compose-request.ts";
import { addComposeUp } from "./compose-up.ts";

const VERBS: ReadonlyMap<string, (group: Command, context: Context) => void> = new Map([
  ["config", addComposeConfig],
  ["hash", addComposeHash],
  ["plan", addComposePlan],
  ["up", addComposeUp],
  ["down", addComposeDown],
  ["ps", addComposePs],
]);

/**
 * The Compose engine alone. The project's options may stand before or after the verb, as Docker Compose's users write them. When `argv`
 * begins with a verb, that one alone is made.
 */
export function addCompose(program: Command, context: Context, argv: readonly string[] = []): void {
  const group = program.command("compose").description("the Compose engine alone: no daemon, no store");
  addProjectOptions(group);
  const asked = VERBS.get(argv[0] ?? "");
  for (const add of asked ? [asked] : VERBS.values()) add(group, context);
}
