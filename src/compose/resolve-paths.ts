import { pathTable } from "./path-pattern.ts";
import { cleanPath, isAbsolute, relativePath, resolvePath } from "./posix-path.ts";
import { entry, isList, isMapping, mapEntries, type Path, type Value } from "./tree.ts";

/** Where relative paths begin, and what `~` stands for. */
export interface PathBase {
  readonly directory: string;
  readonly home: string | undefined;
  /** What paths of the model are put behind in place of `directory`, when the model is to keep relative paths. */
  readonly shown?: string;
}

/** The base of a file or project in another directory; `relative` keeps the model's paths relative to the outer base. */
export function baseIn(outer: PathBase, directory: string, relative: boolean): PathBase {
  const { home } = outer;
  return relative ? { directory, home, shown: relativePath(outer.directory, directory) } : { directory, home };
}

type Resolve = (value: Value, base: PathBase) => Value;

/** Makes every path of the host absolute. Source: compose-go paths.ResolveRelativePaths. */
export function resolvePaths(value: Value, base: PathBase, path: Path = []): Value {
  const resolved = resolverAt(path)?.(value, base) ?? value;
  if (isMapping(resolved)) return mapEntries(resolved, (child, key) => resolvePaths(child, base, [...path, key]));
  if (!isList(resolved)) return resolved;
  return resolved.map((item, index) => resolvePaths(item, base, [...path, String(index)]));
}

/** A host path of the model. */
function shownPath(text: string, base: PathBase): string {
  return base.shown === undefined ? hostPath(text, base) : resolvePath(base.shown, expanded(text, base));
}

/** One host path: `~` is the home directory, anything relative begins at the base. */
export function hostPath(text: string, base: PathBase): string {
  const path = expanded(text, base);
  return isAbsolute(path) ? path : resolvePath(base.directory, path);
}

function expanded(text: string, { home }: PathBase): string {
  return home !== undefined && text.startsWith("~") ? cleanPath(`${home}/${text.slice(1)}`) : text;
}

const REMOTE = /^(?:https?:\/\/|git:\/\/|ssh:\/\/|github\.com\/|git@|service:)|:\/\//;

/** An empty one is the directory itself. */
const anyFile: Resolve = (value, base) => (typeof value === "string" ? shownPath(value, base) : value);
const file: Resolve = (value, base) => (typeof value === "string" && value !== "" ? shownPath(value, base) : value);

/** Where to read a base is never shown, so it is absolute in any case. */
const baseFile: Resolve = (value, base) => (typeof value === "string" && value !== "" ? hostPath(value, base) : value);

const context: Resolve = (value, base) => {
  if (typeof value !== "string" || value === "" || REMOTE.test(value)) return value;
  return shownPath(value, base);
};

const bindMount: Resolve = (value, base) => {
  const source = entry(value, "source");
  if (!isMapping(value) || entry(value, "type") !== "bind" || typeof source !== "string") return value;
  if (source.startsWith("\\\\") || /^[a-zA-Z]:[\\/]/.test(source)) return value;
  return { ...value, source: shownPath(source, base) };
};

/** The local driver's `o: bind` mounts a host folder that its `device` names. */
const boundVolume: Resolve = (value, base) => {
  const options = entry(value, "driver_opts");
  if (!isMapping(value) || !isMapping(options) || entry(value, "driver") !== "local") return value;
  const device = entry(options, "device");
  if (entry(options, "o") !== "bind" || typeof device !== "string") return value;
  return { ...value, driver_opts: { ...options, device: shownPath(device, base) } };
};

const resolverAt = pathTable<Resolve>({
  "configs.*.file": anyFile,
  "secrets.*.file": anyFile,
  "services.*.build.additional_contexts.*": context,
  "services.*.build.context": context,
  "services.*.build.ssh.*": file,
  "services.*.develop.watch.*.path": file,
  "services.*.env_file.*.path": file,
  "services.*.extends.file": baseFile,
  "services.*.label_file.*": file,
  "services.*.volumes.*": bindMount,
  "volumes.*": boundVolume,
});
