import type { LoadRequest, ProjectFiles } from "../project-files.ts";
import { ComposeFault } from "./compose-fault.ts";
import { type Environment, readEnvFile } from "./environment.ts";
import { refuseRemote } from "./extends.ts";
import type { LoadNotes } from "./load-notes.ts";
import { directoryOf, resolvePath } from "./posix-path.ts";

const MAIN = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const STANDARD_INPUT = "-";
const OVERRIDE = [
  "compose.override.yml",
  "compose.override.yaml",
  "docker-compose.override.yml",
  "docker-compose.override.yaml",
];

export interface Discovery {
  readonly files: readonly string[];
  readonly directory: string;
  readonly environment: Environment;
}

/** Finds the Compose files, the project directory and the variables. Source: compose-go cli.ProjectOptions. */
export function discover(files: ProjectFiles, request: LoadRequest, notes: LoadNotes): Discovery {
  const own = new Map(Object.entries({ PWD: request.cwd, ...request.environment }));
  const early = withEnvFiles(files, request, own, directoryBefore(request), notes);
  const found = composeFiles(files, request, early, notes);
  const directory = projectDirectory(request, found);
  return { files: found, directory, environment: withEnvFiles(files, request, early, directory, notes) };
}

function directoryBefore({ cwd, projectDirectory: wanted, files }: LoadRequest): string {
  if (wanted !== undefined) return resolvePath(cwd, wanted);
  const file = files.find((name) => name !== STANDARD_INPUT);
  return file === undefined ? cwd : directoryOf(resolvePath(cwd, file));
}

function projectDirectory({ cwd, projectDirectory: wanted }: LoadRequest, found: readonly string[]): string {
  if (wanted !== undefined) return resolvePath(cwd, wanted);
  const file = found.find((name) => name !== STANDARD_INPUT);
  return file === undefined ? cwd : directoryOf(file);
}

/** The environment with what `--env-file` or the directory's `.env` adds; what is set already stays. */
function withEnvFiles(
  files: ProjectFiles,
  request: LoadRequest,
  environment: Environment,
  directory: string,
  notes: LoadNotes,
): Environment {
  const { names, needed } = envFilesOf(request, environment);
  const found = new Map<string, string>();
  for (const name of names) {
    const file = resolvePath(needed ? request.cwd : directory, name);
    if (!needed && files.kind(file) !== "file") continue;
    if (files.kind(file) === "directory") throw new ComposeFault(`${file} is a directory`, [], "Name a file.");
    const lookup = (variable: string) => environment.get(variable);
    if (!readEnvFile(files, file, { lookup, onUnset: (variable) => notes.unset(variable), into: found }))
      throw new ComposeFault(
        `couldn't find env file: ${file}`,
        [],
        `Add ${file}, or leave it out.`,
        "ComposeFileMissing",
      );
  }
  return new Map([...found, ...environment]);
}

function envFilesOf({ envFiles, environment: own }: LoadRequest, environment: Environment) {
  if (envFiles.length > 0) return { names: envFiles, needed: true };
  const listed = own["COMPOSE_ENV_FILES"];
  if (listed) return { names: listed.split(","), needed: true };
  const disabled = /^(?:1|t|true)$/i.test(own["COMPOSE_DISABLE_ENV_FILE"] ?? "");
  return { names: disabled && environment ? [] : [".env"], needed: false };
}

function composeFiles(files: ProjectFiles, request: LoadRequest, environment: Environment, notes: LoadNotes) {
  const listed = environment.get("COMPOSE_FILE")?.split(environment.get("COMPOSE_PATH_SEPARATOR") || ":");
  const given = request.files.length > 0 ? request.files : listed?.filter((name) => name !== "");
  if (!given || given.length === 0) return searched(files, directoryBefore(request), notes);
  return given.map((name) => namedFile(files, request.cwd, name));
}

function namedFile(files: ProjectFiles, cwd: string, name: string): string {
  if (name === STANDARD_INPUT && files.kind(name) === "file") return name;
  refuseRemote(name, []);
  const file = resolvePath(cwd, name);
  if (files.kind(file) === "file") return file;
  const message = `open ${file}: no such file or directory`;
  throw new ComposeFault(message, [], `Add ${file}, or name another file.`, "ComposeFileMissing");
}

/** Looks in the directory and then in each one above it. */
function searched(files: ProjectFiles, from: string, notes: LoadNotes): readonly string[] {
  const [main, ...others] = existing(files, from, MAIN);
  if (main === undefined) {
    if (from !== "/") return searched(files, directoryOf(from), notes);
    const hint = `Add a file named ${MAIN[0]}, or name yours with -f.`;
    throw new ComposeFault("no configuration file provided: not found", [], hint, "ComposeFileMissing");
  }
  const overrides = existing(files, from, OVERRIDE);
  for (const [what, found] of [["config", [main, ...others]] as const, ["override", overrides] as const])
    if (found.length > 1) {
      notes.warn(`Found multiple ${what} files with supported names: ${found.join(", ")}`);
      notes.warn(`Using ${found[0]}`);
    }
  return [main, ...overrides.slice(0, 1)];
}

function existing(files: ProjectFiles, directory: string, names: readonly string[]): readonly string[] {
  return names.map((name) => resolvePath(directory, name)).filter((file) => files.kind(file) === "file");
}
