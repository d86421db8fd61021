import { ComposeFault } from "./compose-fault.ts";
import { pathTable } from "./path-pattern.ts";
import { asGoText, entry, goType, isList, isMapping, mapEntries, type Path, showScalar, type Value } from "./tree.ts";
import { parseVolume } from "./volume-syntax.ts";

type KeyOf = (item: Value, path: Path, index: number) => string;

/**
 * Of list items that name the same thing the last one wins, at the place of the first. Source: Compose Specification,
 * "Unique resources".
 */
export function enforceUnicity(value: Value, path: Path = []): Value {
  if (isMapping(value)) return mapEntries(value, (child, key) => enforceUnicity(child, [...path, key]));
  if (!isList(value)) return value;
  const keyOf = keyTable(path);
  if (!keyOf) return value;
  const byKey = new Map<string, Value>();
  for (const [index, item] of value.entries()) byKey.set(keyOf(item, path, index), item);
  return [...byKey.values()];
}

/** Whether the items of the list at this path name things, each once. */
export function holdsUnique(path: Path): boolean {
  return keyTable(path) !== undefined;
}

const variable: KeyOf = (item, path, index) => {
  if (typeof item === "string") return item.split("=", 1)[0] ?? "";
  throw odd(`${path.join(".")}.[${index}]: unexpected type ${goType(item)}`, path, index);
};

const exposed: KeyOf = (item, path, index) => {
  if (typeof item === "string" || Number.isInteger(item)) return showScalar(item);
  throw odd(`${path.join(".")}.[${index}]: unsupported expose value ${asGoText(item)}`, path, index);
};

const mountTarget: KeyOf = (item, path, index) => {
  if (typeof item === "string") return parseVolume(item, path).target;
  const target = entry(item, "target");
  if (typeof target === "string" || !isMapping(item)) return showScalar(target ?? "");
  throw odd(`service volume ${path.join(".")}.[${index}] is missing a mount target`, path, index);
};

const deviceTarget: KeyOf = (item, path, index) => {
  if (typeof item === "string") return item.split(":")[1] ?? item;
  const target = entry(item, "target");
  if (typeof target === "string" || !isMapping(item)) return showScalar(target ?? "");
  throw odd(`service device ${path.join(".")}.[${index}] is missing a mount target`, path, index);
};

/** As Go prints them: a published port that is a number is another one than the same as text. */
const portKey: KeyOf = (item, path, index) => {
  if (!isMapping(item)) return showScalar(item);
  if (!Object.hasOwn(item, "target"))
    throw odd(`service ports ${path.join(".")}.[${index}] is missing a target port`, path, index);
  const [host, protocol] = [entry(item, "host_ip") ?? "0.0.0.0", entry(item, "protocol") ?? "tcp"];
  const published = asGoText(entry(item, "published") ?? null);
  return `${showScalar(host)}:${published}:${showScalar(entry(item, "target") ?? null)}/${showScalar(protocol)}`;
};

function fileTarget(folder: string): KeyOf {
  return (item, path, index) => {
    if (typeof item === "string") return `${folder}${item}`;
    if (isMapping(item))
      return showScalar(entry(item, "target") ?? `${folder}${showScalar(entry(item, "source") ?? "")}`);
    throw odd(`${path.join(".")}.[${index}]: unsupported expose value ${asGoText(item)}`, path, index);
  };
}

const filePath: KeyOf = (item, path, index) => {
  const file = isMapping(item) ? entry(item, "path") : item;
  if (file !== undefined) return showScalar(file);
  throw odd(`environment path attribute ${path.join(".")}.[${index}] is missing`, path, index);
};

function odd(message: string, path: Path, index: number): ComposeFault {
  return new ComposeFault(message, [...path, String(index)], "Write it as the Compose Specification describes.");
}

const keyTable = pathTable<KeyOf>({
  "networks.*.labels": variable,
  "services.*.annotations": variable,
  "services.*.build.args": variable,
  "services.*.build.additional_contexts": variable,
  "services.*.build.tags": variable,
  "services.*.build.labels": variable,
  "services.*.cap_add": variable,
  "services.*.cap_drop": variable,
  "services.*.configs": fileTarget("/"),
  "services.*.deploy.labels": variable,
  "services.*.devices": deviceTarget,
  "services.*.dns": variable,
  "services.*.dns_opt": variable,
  "services.*.dns_search": variable,
  "services.*.environment": variable,
  "services.*.env_file": filePath,
  "services.*.expose": exposed,
  "services.*.labels": variable,
  "services.*.links": variable,
  "services.*.networks.*.aliases": variable,
  "services.*.networks.*.link_local_ips": variable,
  "services.*.ports": portKey,
  "services.*.profiles": variable,
  "services.*.secrets": fileTarget("/run/secrets/"),
  "services.*.sysctls": variable,
  "services.*.tmpfs": variable,
  "services.*.volumes": mountTarget,
});
