import type { Command } from "commander";
import { TallymanError } from "../error.ts";
import type { Project } from "../project.ts";
import type { Context } from "./command-context.ts";
import { loadProject, loadRequestOf } from "./compose-request.ts";
import { upOptionsOf, upProject } from "./compose-up-options.ts";
import type { UpOptions } from "./tools.ts";

/** What `up` and `plan` are asked for: the project that was loaded for the named services, and how. Throws as its parts do. */
export async function upRequest(
  context: Context,
  command: Command,
  serviceNames: readonly string[],
): Promise<{ readonly project: Project; readonly upOptions: UpOptions }> {
  const typed = upOptionsOf(command, serviceNames);
  const request = await loadRequestOf(context, command, serviceNames);
  const project = upProject(await loadProject(context, request), serviceNames, command);
  if (Object.keys(project.services).length === 0)
    throw new TallymanError("ComposeInvalid", "no service selected", {
      hint: "Every service of the file is kept out by a profile: enable one with --profile, or name a service.",
    });
  const environment = await context.tools.compose.environment(request);
  return { project, upOptions: { ...typed, ...orphanOptions(typed, environment) } };
}

/** An option that was typed stands above the variables of Docker Compose, from the environment or an env file. */
function orphanOptions(
  { removeOrphans }: UpOptions,
  environment: readonly string[],
): Pick<UpOptions, "removeOrphans" | "ignoreOrphans"> {
  const removes = removeOrphans || isOn("COMPOSE_REMOVE_ORPHANS", environment);
  if (!isOn("COMPOSE_IGNORE_ORPHANS", environment)) return { removeOrphans: removes };
  if (!removes) return { removeOrphans: false, ignoreOrphans: true };
  throw new TallymanError("InvalidInput", "cannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans", {
    hint: "Unset COMPOSE_IGNORE_ORPHANS, or leave --remove-orphans and COMPOSE_REMOVE_ORPHANS out.",
  });
}

/** As Go's ParseBool has it, and `y`. */
export function isOn(name: string, environment: readonly string[]): boolean {
  const found = environment.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  return ["1", "t", "true", "y"].includes(found.trim().toLowerCase());
}
