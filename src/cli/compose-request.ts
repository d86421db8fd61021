import { resolve } from "node:path";
import type { Command } from "commander";
import type { Project } from "../project.ts";
import type { LoadRequest, LoadStep } from "../project-files.ts";
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
    .option(
      "-f, --file <file>",
      "Compose file, - for standard input; may be repeated (default: found as Docker Compose finds it)",
      collect,
    )
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

/** Reads standard input when `-` is among the files. */
export async function loadRequestOf(
  context: Context,
  command: Command,
  services: readonly string[] = [],
): Promise<LoadRequest> {
  const options = command.optsWithGlobals<ProjectOptions>();
  const { cwd, environment } = context.tools.host;
  const listed =
    options.file ?? (environment["COMPOSE_FILE"] ?? "").split(environment["COMPOSE_PATH_SEPARATOR"] || ":");
  return {
    ...(listed.includes("-") ? { standardInput: await context.tools.readStdin() } : {}),
    cwd,
    files: options.file ?? [],
    ...(options.projectName === undefined ? {} : { projectName: options.projectName }),
    ...(options.projectDirectory === undefined ? {} : { projectDirectory: resolve(cwd, options.projectDirectory) }),
    envFiles: options.envFile ?? [],
    profiles: options.profile ?? [],
    ...(services.length > 0 ? { services } : {}),
    environment,
  };
}

/** Loads the project and says on stderr what the loader warns of. */
export async function loadProject(context: Context, request: LoadRequest, leaveOut: readonly LoadStep[] = []) {
  const project = await context.tools.compose.load(leaveOut.length === 0 ? request : { ...request, leaveOut });
  warn(context, project.warnings);
  return project;
}

export function warn(context: Context, warnings: readonly string[]): void {
  for (const warning of warnings) context.tools.stderr.write(`warning: ${plainText(warning)}\n`);
}

/** With `-p` alone there need not be a Compose file in reach: then no more than the name is known. */
export async function projectOrName(
  context: Context,
  command: Command,
  services: readonly string[] = [],
): Promise<Project | string> {
  const request = await loadRequestOf(context, command, services);
  if (request.files.length === 0 && request.projectName !== undefined) return request.projectName;
  return await context.tools.compose.load(request);
}

export async function projectNameOf(context: Context, command: Command): Promise<string> {
  const project = await projectOrName(context, command);
  return typeof project === "string" ? project : project.name;
}
