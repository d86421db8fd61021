import { resolve } from "node:path";
import type { Command } from "commander";
import type { LoadRequest } from "../project-files.ts";
import { addSettings, type Context, collect } from "./command-context.ts";
import { plainText } from "./plain-text.ts";

interface ProjectOptions {
  readonly file?: readonly string[];
  readonly projectName?: string;
  readonly projectDirectory?: string;
  readonly envFile?: readonly string[];
  readonly profile?: readonly string[];
}

/** The options that say which project is meant; named as Docker Compose names them. */
export function addProjectOptions(command: Command): Command {
  return command
    .option("-f, --file <file>", "Compose file; may be repeated (default: found as Docker Compose finds it)", collect)
    .option("-p, --project-name <name>", "project name")
    .option("--project-directory <dir>", "folder to which relative paths belong")
    .option("--env-file <file>", "file with variables for interpolation; may be repeated", collect)
    .option("--profile <name>", "profile to enable; may be repeated", collect);
}

export function composeCommand(group: Command, nameAndArguments: string, about: string): Command {
  return addProjectOptions(group.command(nameAndArguments).description(about));
}

/** One that also talks to the Engine. */
export function composeEngineCommand(group: Command, nameAndArguments: string, about: string): Command {
  return addSettings(composeCommand(group, nameAndArguments, about), ["dockerHost"]);
}

export function loadRequestOf(context: Context, command: Command): LoadRequest {
  const options = command.optsWithGlobals<ProjectOptions>();
  const { cwd, environment } = context.tools.host;
  return {
    cwd,
    files: options.file ?? [],
    ...(options.projectName === undefined ? {} : { projectName: options.projectName }),
    ...(options.projectDirectory === undefined ? {} : { projectDirectory: resolve(cwd, options.projectDirectory) }),
    envFiles: options.envFile ?? [],
    profiles: options.profile ?? [],
    environment,
  };
}

/** Loads the project and says on stderr what the loader warns of. */
export async function loadProject(context: Context, command: Command) {
  const project = await context.tools.compose.load(loadRequestOf(context, command));
  for (const warning of project.warnings) context.tools.stderr.write(`warning: ${plainText(warning)}\n`);
  return project;
}

/** With `-p` alone there need not be a Compose file in reach. */
export async function projectNameOf(context: Context, command: Command): Promise<string> {
  const request = loadRequestOf(context, command);
  if (request.files.length === 0 && request.projectName !== undefined) return request.projectName;
  return (await context.tools.compose.load(request)).name;
}
