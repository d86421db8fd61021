import { pathTable } from "./path-pattern.ts";
import { cleanPath, isAbsolute, resolvePath } from "./posix-path.ts";
import { entry, isList, isMapping, mapEntries, type Path, type Value } from "./tree.ts";

/** Where relative paths begin, and what `~` stands for. */
export interface PathBase {
  readonly directory: string;
  readonly home: string | undefined;
}

type Resolve = (value: Value, base: PathBase) => Value;

/** Makes every path of the host absolute. Source: compose-go paths.ResolveRelativePaths. */
export function resolvePaths(value: Value, base: PathBase, path: Path = []): Value {
  const resolved = resolverAt(path)?.(value, base) ?? value;
  if (isMapping(resolved)) return mapEntries(resolved, (child, key) => resolvePaths(child, base, [...path, key]));
  if (!isList(resolved)) return resolved;
  return resolved.map((item, index) => resolvePaths(item, base, [...path, String(index)]));
}

/** One host path: `~` is the home directory, anything relative begins at the base. */
export function hostPath(text: string, base: PathBase): string {
  const expanded = base.home !== undefined && /^~(?:\/|$)/.test(text) ? `${base.home}${text.slice(1)}` : text;
  return isAbsolute(expanded) ? expanded : resolvePath(base.directory, expanded);
}

const REMOTE = /^(?:https?:\/\/|git:\/\/|ssh:\/\/|github\.com\/|git@|service:)|:\/\//;

const file: Resolve = (value, base) => (typeof value === "string" && value !== "" ? hostPath(value, base) : value);

const context: Resolve = (value, base) => {
  if (typeof value !== "string" || REMOTE.test(value)) return value;
  return cleanPath(hostPath(value, base));
};

const bindMount: Resolve = (value, base) => {
  const source = entry(value, "source");
  if (!isMapping(value) || entry(value, "type") !== "bind" || typeof source !== "string") return value;
  if (source.startsWith("\\\\") || /^[a-zA-Z]:[\\/]/.test(source)) return value;
  return { ...value, source: hostPath(source, base) };
};

/** The local driver's `o: bind` mounts a host folder that its `device` names. */
const boundVolume: Resolve = (value, base) => {
  const options = entry(value, "driver_opts");
  if (!isMapping(value) || !isMapping(options) || entry(value, "driver") !== "local") return value;
  const device = entry(options, "device");
  if (entry(options, "o") !== "bind" || typeof device !== "string") return value;
  return { ...value, driver_opts: { ...options, device: hostPath(device, base) } };
};

const resolverAt = pathTable<Resolve>({
  "configs.*.file": file,
  "secrets.*.file": file,
  "services.*.build.additional_contexts.*": context,
  "services.*.build.context": context,
  "services.*.develop.watch.*.path": file,
  "services.*.env_file.*.path": file,
  "services.*.extends.file": file,
  "services.*.label_file.*": file,
  "services.*.volumes.*": bindMount,
  "volumes.*": boundVolume,
});
