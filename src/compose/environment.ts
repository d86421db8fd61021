import type { ProjectFiles } from "../project-files.ts";
import { keyValues } from "./bind.ts";
import { ComposeFault } from "./compose-fault.ts";
import { parseDotenv, parseRawVariables } from "./dotenv.ts";
import type { Lookup, Substitution } from "./interpolate.ts";
import {
  entry,
  isList,
  isMapping,
  items,
  type Mapping,
  mapEntries,
  mapServices,
  type Path,
  showScalar,
  textOf,
  toList,
  type Value,
} from "./tree.ts";

/** Variables by name. A Map, so that no name meets what objects inherit. */
export type Environment = ReadonlyMap<string, string>;

export function lookupIn(...environments: readonly Environment[]): Lookup {
  return (name) => environments.find((environment) => environment.has(name))?.get(name);
}

/** No env file of a person is as large. */
const MOST_CHARACTERS = 1024 * 1024;

/** What an env file is read into and with: its format, where it is named, and the variables of the files before it. */
export interface EnvFileReading extends Substitution {
  readonly path?: Path;
  readonly raw?: boolean;
  readonly into?: Map<string, string>;
}

/** The variables of an env file, beside those of `into`; undefined when there is no such file. */
export function readEnvFile(files: ProjectFiles, file: string, reading: EnvFileReading): Environment | undefined {
  const { path = [], raw = false, into = new Map<string, string>() } = reading;
  const text = files.kind(file) === "file" ? files.read(file) : null;
  if (text === null) return undefined;
  if (text.length > MOST_CHARACTERS)
    throw new ComposeFault(`${file} is larger than ${MOST_CHARACTERS} characters`, path, `Make ${file} smaller.`);
  try {
    return raw ? parseRawVariables(text, reading, into) : parseDotenv(text, reading, into);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const failed = raw ? "failed to parse env_file" : "failed to read";
    throw new ComposeFault(`${failed} ${file}: ${message}`, path, `Correct ${file}.`);
  }
}

/** Gives every variable that a service names without a value the value the environment has. Source: compose-go ResolveEnvironment. */
export function resolveEnvironment(model: Mapping, lookup: Lookup): Mapping {
  return mapServices(model, (service) => {
    const given = entry(service, "environment");
    return given === undefined ? service : { ...service, environment: withValues(given, lookup) };
  });
}

/** A list or mapping of variables with what the lookup knows in place of every value that is missing. */
export function withValues(variables: Value, lookup: Lookup): Value {
  if (isMapping(variables))
    return mapEntries(variables, (value, name) => (value === null ? (lookup(name) ?? null) : value));
  if (!isList(variables)) return variables;
  return variables.map((variable) => {
    const value = typeof variable === "string" && !variable.includes("=") ? lookup(variable) : undefined;
    return value === undefined ? variable : `${showScalar(variable)}=${value}`;
  });
}

/**
 * A service with its env files read into `environment` (which wins) and its label files into `labels` (which win).
 * The env files are dropped from the model, the label files stay: as `docker compose up` has it.
 */
export function readServiceFiles(
  service: Mapping,
  path: Path,
  files: ProjectFiles,
  substitution: Substitution,
): Mapping {
  const own = keyValues(entry(service, "environment") ?? {}, null);
  const ownLookup: Lookup = (name) => substitution.lookup(name) ?? textOf(own[name]);
  const environment = { ...readAll(envFilesOf(service, path), files, { ...substitution, lookup: ownLookup }), ...own };
  const { env_file: _read, ...rest } = withLabelFilesRead(service, path, files, substitution);
  return Object.keys(environment).length === 0 ? rest : { ...rest, environment };
}

/** Templates in label files see the labels of files before, and no variable. */
export function withLabelFilesRead(
  service: Mapping,
  path: Path,
  files: ProjectFiles,
  substitution: Substitution,
): Mapping {
  const labels = {
    ...readAll(labelFilesOf(service, path), files, substitution),
    ...keyValues(entry(service, "labels") ?? {}, ""),
  };
  return Object.keys(labels).length === 0 ? service : { ...service, labels };
}

interface WantedFile {
  readonly file: string;
  readonly kind: "env" | "label";
  readonly raw: boolean;
  readonly required: boolean;
  readonly path: Path;
}

function envFilesOf(service: Mapping, path: Path): readonly WantedFile[] {
  return items(service, "env_file").map((item, index) => {
    const at = [...path, "env_file", String(index)];
    const format = entry(item, "format") ?? "";
    if (format !== "" && format !== "raw")
      throw new ComposeFault(`unsupported env_file format "${showScalar(format)}"`, at, "Write raw, or remove format.");
    const required = entry(item, "required") !== false && entry(item, "required") !== "false";
    return { file: showScalar(entry(item, "path") ?? ""), kind: "env", raw: format === "raw", required, path: at };
  });
}

function labelFilesOf(service: Mapping, path: Path): readonly WantedFile[] {
  return toList(entry(service, "label_file")).map((item, index) => ({
    file: showScalar(item),
    kind: "label",
    raw: false,
    required: true,
    path: [...path, "label_file", String(index)],
  }));
}

function readAll(wanted: readonly WantedFile[], files: ProjectFiles, substitution: Substitution): Mapping {
  const into = new Map<string, string>();
  for (const { file, kind, raw, required, path } of wanted) {
    const found = file === "" ? null : files.kind(file);
    if (found === "directory")
      throw new ComposeFault(`failed to read ${file}: read ${file}: is a directory`, path, "Name a file.");
    if (found === null && required) throw notFound(kind, file, path);
    // A template in a label file has the label of a file before it even where its own file says otherwise.
    const lookup = kind === "label" ? lookupIn(new Map(into)) : substitution.lookup;
    if (found !== null) readEnvFile(files, file, { ...substitution, lookup, path, raw, into });
  }
  return Object.fromEntries(into);
}

function notFound(kind: WantedFile["kind"], file: string, path: Path): ComposeFault {
  const hint = kind === "env" ? "Add the file, or say required: false." : "Add the file.";
  return new ComposeFault(
    `${kind} file ${file} not found: stat ${file}: no such file or directory`,
    path,
    hint,
    "ComposeFileMissing",
  );
}
