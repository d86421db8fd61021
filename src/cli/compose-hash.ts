import type { Command } from "commander";
import { TallymanError } from "../error.ts";
import type { Project } from "../project.ts";
import { addJson, type Context } from "./command-context.ts";
import { composeCommand, loadProject, loadRequestOf } from "./compose-request.ts";

export function addComposeHash(group: Command, context: Context): void {
  addJson(composeCommand(group, "hash [service...]", "print the config hash of each service")).action(
    async (wanted: readonly string[], options: { json?: boolean }, self: Command) => {
      const project = await loadProject(context, await loadRequestOf(context, self));
      const names = namesOf(project, wanted);
      if (!options.json) return context.tools.stdout.write(hashLines(project, names));
      const hashes = Object.fromEntries(names.map((name) => [name, project.hashes.services[name]?.a]));
      context.tools.stdout.write(`${JSON.stringify(hashes, null, 2)}\n`);
    },
  );
}

/** `service hash` lines, sorted by name, with the hash that Docker Compose up to 2.40 writes. `*` and commas as its `--hash` has them. */
export function hashLines(project: Project, wanted: readonly string[]): string {
  return namesOf(project, wanted)
    .map((name) => `${name} ${project.hashes.services[name]?.a ?? ""}\n`)
    .join("");
}

function namesOf(project: Project, wanted: readonly string[]): readonly string[] {
  const names = wanted.flatMap((text) => text.split(","));
  if (names.length === 0 || names.includes("*")) return Object.keys(project.services).sort();
  const unknown = names.find((name) => !Object.hasOwn(project.services, name));
  if (unknown === undefined) return [...new Set(names)].sort();
  throw new TallymanError("NotFound", `the project has no active service "${unknown}"`, {
    hint: "tallyman compose config --services lists them.",
  });
}
