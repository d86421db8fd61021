import { ComposeFault } from "./compose-fault.ts";
import { type Environment, lookupIn, readEnvFile } from "./environment.ts";
import { refuseRemote } from "./extends.ts";
import { LoadNotes } from "./load-notes.ts";
import type { LoadModel, ModelContext } from "./model-context.ts";
import { directoryOf, isAbsolute } from "./posix-path.ts";
import { baseIn, hostPath } from "./resolve-paths.ts";
import {
  asGoText,
  entry,
  goType,
  isList,
  isMapping,
  type Mapping,
  type Path,
  sameValue,
  section,
  textOf,
  toList,
  type Value,
  withEntry,
} from "./tree.ts";

interface Inclusion {
  readonly files: readonly string[];
  /** Where relative paths begin. */
  readonly directory: string;
  readonly envFiles: readonly string[];
  readonly path: Path;
}

/** Brings in what `include` names: each one loaded as a project of its own. Source: Compose Specification, "Include". */
export function applyInclude(model: Mapping, context: ModelContext, load: LoadModel): Mapping {
  const wanted = entry(model, "include");
  if (wanted === undefined || wanted === null) return withEntry(model, "include", undefined);
  if (!isList(wanted))
    throw new ComposeFault(
      `\`include\` must be a list, got ${asGoText(wanted)}`,
      ["include"],
      "Write each file as a list item.",
    );
  const inclusions = wanted.flatMap((item, index) => inclusionOf(item, ["include", String(index)], context) ?? []);
  return inclusions.reduce(
    (into, inclusion) => importResources(into, inclusion, context, load),
    withEntry(model, "include", undefined),
  );
}

/** Undefined when no file is named. */
function inclusionOf(item: Value, path: Path, context: ModelContext): Inclusion | undefined {
  if (!isMapping(item) && typeof item !== "string") {
    const message = `'[${path.at(-1)}]' expected a map or struct, got "${goType(item)}"`;
    throw new ComposeFault(message, path, "Name the file to include.");
  }
  const given = toList(isMapping(item) ? entry(item, "path") : item).filter((one) => typeof one === "string");
  for (const file of given) refuseRemote(file, path);
  const files = given.map((file) => hostPath(file, context.base));
  const [main] = files;
  if (main === undefined) return undefined;
  const directory = textOf(entry(item, "project_directory"));
  const projectDirectory = directory ? hostPath(directory, context.base) : directoryOf(main);
  if (context.trail.includes(main)) throw cycle([...context.trail, main], path);
  return {
    files,
    directory: directory && !isAbsolute(directory) ? existing(projectDirectory, context) : projectDirectory,
    envFiles: envFilesOf(item, projectDirectory, path, context),
    path,
  };
}

/** As Docker Compose has it, paths begin beside a project directory that is not there. */
function existing(directory: string, { files }: ModelContext): string {
  return files.kind(directory) === "directory" ? directory : directoryOf(directory);
}

function envFilesOf(item: Value, projectDirectory: string, path: Path, context: ModelContext): readonly string[] {
  const given = toList(entry(item, "env_file")).filter((one) => typeof one === "string");
  if (given.length === 0) {
    const standard = `${projectDirectory}/.env`;
    return context.files.kind(standard) === "file" ? [standard] : [];
  }
  const files = given.filter((file) => file !== "/dev/null").map((file) => hostPath(file, context.base));
  const missing = files.find((file) => context.files.kind(file) !== "file");
  if (missing === undefined) return files;
  if (context.files.kind(missing) === "directory")
    throw new ComposeFault(`${missing} is not a file`, path, "Name a file.");
  throw new ComposeFault(`stat ${missing}: no such file or directory`, path, `Add ${missing}.`, "ComposeFileMissing");
}

function cycle([first, ...rest]: readonly string[], path: Path): ComposeFault {
  const message = `include cycle detected:\n${first}\n include ${rest.join("\n include ")}`;
  return new ComposeFault(message, path, "Remove one of these includes.");
}

/** The outer environment wins over the included project's own env files. */
function environmentFor({ envFiles, path }: Inclusion, { environment, files, notes }: ModelContext): Environment {
  const found = new Map<string, string>();
  for (const file of envFiles) {
    const onUnset = (name: string) => notes.unset(name);
    readEnvFile(files, file, { lookup: lookupIn(environment), onUnset, path, into: found });
  }
  return new Map([...found, ...environment]);
}

const SECTIONS = ["services", "volumes", "networks", "secrets", "configs", "models"];

function importResources(model: Mapping, inclusion: Inclusion, context: ModelContext, load: LoadModel): Mapping {
  const notes = new LoadNotes(context.notes);
  const imported = load(inclusion.files, {
    ...context,
    notes,
    environment: environmentFor(inclusion, context),
    base: baseIn(context.base, inclusion.directory, context.leaveOut.has("paths")),
  });
  return SECTIONS.reduce(
    (into, key) => importSection(into, imported, key, { notes, context, path: inclusion.path }),
    model,
  );
}

function importSection(
  model: Mapping,
  imported: Mapping,
  key: string,
  from: { readonly notes: LoadNotes; readonly context: ModelContext; readonly path: Path },
): Mapping {
  const foreign = section(imported, key);
  if (Object.keys(foreign).length === 0) return model;
  const own = section(model, key);
  for (const [name, value] of Object.entries(foreign)) {
    if (Object.hasOwn(own, name) && !sameValue(own[name], value))
      throw new ComposeFault(
        `${key}.${name} conflicts with imported resource`,
        from.path,
        `Rename one of the two ${key}.`,
      );
    from.context.notes.adopt(from.notes, [key, name], [key, name]);
  }
  return { ...model, [key]: { ...own, ...foreign } };
}
