import type { ProjectFiles } from "../project-files.ts";
import { mappingAt } from "./check-model.ts";
import { ComposeFault } from "./compose-fault.ts";
import type { LoadNotes } from "./load-notes.ts";
import { mergeMappings } from "./merge.ts";
import { directoryOf } from "./posix-path.ts";
import { baseIn, hostPath, type PathBase, resolvePaths } from "./resolve-paths.ts";
import { entry, isMapping, type Mapping, type Path, type Value, withEntry, without } from "./tree.ts";

/** A file as `extends` reads it: merged over its own documents and canonical, neither validated nor included into. */
export interface RawFile {
  readonly model: Mapping;
  readonly notes: LoadNotes;
  readonly resets: readonly Path[];
}

export interface ExtendsContext {
  readonly file: string;
  readonly base: PathBase;
  /** Where the project's own paths begin: those of all bases are shown from there. */
  readonly root: PathBase;
  readonly files: ProjectFiles;
  readonly notes: LoadNotes;
  readonly resets: readonly Path[];
  readonly readRaw: (file: string) => RawFile;
  /** Whether the model's paths stay relative. */
  readonly relativePaths: boolean;
  /** Services of this file that are extended already. */
  readonly extended: Map<string, Value>;
  /** Files that were read as bases already, by absolute path. */
  readonly bases: Map<string, Base>;
}

interface Base {
  readonly services: Mapping;
  readonly context: ExtendsContext;
}

interface Step {
  readonly serviceName: string;
  readonly file: string;
}

/** Replaces `extends` in every service by what it stands for. Source: Compose Specification, "extends". */
export function applyExtends(model: Mapping, context: ExtendsContext): Mapping {
  const services = entry(model, "services");
  if (services === undefined || services === null) return model;
  const known = mappingAt(services, ["services"]);
  const extended = Object.keys(known).map((name): [string, Value] => [name, extendedService(name, known, context, [])]);
  return { ...model, services: Object.fromEntries(extended) };
}

/** Once per service, however many extend it; the memory belongs to the file's own services. */
function extendedService(name: string, services: Mapping, context: ExtendsContext, trail: readonly Step[]): Value {
  const known = context.extended.get(name);
  if (known !== undefined) return known;
  const value = extendService(name, services, context, trail);
  context.extended.set(name, value);
  return value;
}

function extendService(name: string, services: Mapping, context: ExtendsContext, trail: readonly Step[]): Value {
  const given = entry(services, name) ?? null;
  if (given === null) return null;
  const path = ["services", name];
  const service = mappingAt(given, path);
  const wanted = entry(service, "extends");
  if (wanted === undefined) return service;
  const { reference, file } = referenceOf(wanted, path);
  const next = follow(trail, { serviceName: name, file: context.file }, path);
  const found = file === undefined ? { services, context } : baseFrom(file, name, reference, context);
  if (!Object.hasOwn(found.services, reference)) throw notFound(name, reference, context.file, file);
  const base = extendedService(reference, found.services, found.context, next);
  context.notes.adopt(found.context.notes, ["services", reference], path);
  // As in Docker Compose, extending a service without anything in it leaves the word standing.
  if (!isMapping(base)) return service;
  const own = withEntry(service, "extends", undefined);
  return mergeMappings(mappingAt(resetBase(base, path, context), path), own, path);
}

/** What the extending file resets is taken from the base too. */
function resetBase(base: Mapping, path: Path, { resets }: ExtendsContext): Value {
  return resets
    .filter((reset) => reset[0] === path[0] && reset[1] === path[1])
    .reduce<Value>((value, reset) => without(value, reset.slice(2)), base);
}

function referenceOf(wanted: Value, path: Path): { readonly reference: string; readonly file: string | undefined } {
  if (typeof wanted === "string") return { reference: wanted, file: undefined };
  if (!isMapping(wanted)) return { reference: "", file: undefined };
  const [reference, file] = [entry(wanted, "service"), entry(wanted, "file")];
  if (typeof reference !== "string") throw new ComposeFault(`extends.${path.at(-1)}.service is required`, path);
  return { reference, file: typeof file === "string" ? file : undefined };
}

function follow(trail: readonly Step[], step: Step, path: Path): readonly Step[] {
  const next = [...trail, step];
  if (!trail.some((one) => one.serviceName === step.serviceName && one.file === step.file)) return next;
  const [first, ...rest] = next.map((one) => `${one.serviceName} in ${one.file}`);
  throw new ComposeFault(
    `Circular reference:\n  ${[first, ...rest.map((one) => `extends ${one}`)].join("\n  ")}`,
    path,
    "Remove one of these extends.",
  );
}

function baseFrom(file: string, name: string, reference: string, context: ExtendsContext): Base {
  const path = ["services", name, "extends"];
  refuseRemote(file, path);
  const absolute = hostPath(file, context.base);
  const base = context.bases.get(absolute) ?? readBase(absolute, name, context);
  context.bases.set(absolute, base);
  if (!Object.hasOwn(base.services, reference)) throw notFound(name, reference, context.file, file);
  return base;
}

/** A base is canonical and its paths absolute before it is merged: they belong to its own folder. */
function readBase(file: string, name: string, context: ExtendsContext): Base {
  const path = ["services", name, "extends"];
  if (context.files.kind(file) === "directory")
    throw new ComposeFault(`read ${file}: is a directory`, path, "Name a file.");
  if (context.files.kind(file) === null) {
    const hint = `Add ${file}, or correct extends.file.`;
    throw new ComposeFault(`open ${file}: no such file or directory`, path, hint, "ComposeFileMissing");
  }
  const raw = context.readRaw(file);
  const base = baseIn(context.root, directoryOf(file), context.relativePaths);
  const services = entry(resolvePaths(raw.model, base), "services");
  if (!isMapping(services)) {
    const why = services === undefined ? "no services section" : "services must be a mapping";
    throw new ComposeFault(`cannot extend service "${name}" in ${file}: ${why}`, path);
  }
  const own = { file, base, notes: raw.notes, resets: raw.resets, extended: new Map<string, Value>() };
  return { services, context: { ...context, ...own } };
}

/** Git and OCI references fetch code that no reviewer of this repository saw. */
export function refuseRemote(reference: string, path: Path): void {
  if (!/^(?:oci|https?|git|ssh):\/\/|^git@|^github\.com\/|\.git(?:#|$)/.test(reference)) return;
  const hint = "Copy the file into the repository and name it by its path.";
  throw new ComposeFault(`remote Compose file "${reference}" is not supported`, path, hint, "ComposeUnsupported");
}

function notFound(name: string, reference: string, inFile: string, file: string | undefined): ComposeFault {
  const message = `cannot extend service "${name}" in ${inFile}: service "${reference}" not found${file === undefined ? "" : ` in ${file}`}`;
  return new ComposeFault(
    message,
    ["services", name, "extends"],
    `Add the service "${reference}", or correct extends.`,
  );
}
