import { ComposeFault } from "./compose-fault.ts";
import { pathTable } from "./path-pattern.ts";
import { cleanPath } from "./posix-path.ts";
import { entry, isList, isMapping, mapEntries, type Path, showScalar, type Value } from "./tree.ts";
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

const variable: KeyOf = (item) => showScalar(item).split("=", 1)[0] ?? "";
const whole: KeyOf = (item) => showScalar(item);

const mountTarget: KeyOf = (item, path) => {
  if (typeof item === "string") return parseVolume(item, path).target;
  return cleanPath(showScalar(entry(item, "target") ?? ""));
};

const deviceTarget: KeyOf = (item) => {
  if (typeof item !== "string") return showScalar(entry(item, "target") ?? entry(item, "source") ?? "");
  const [source = "", target] = item.split(":");
  return target ?? source;
};

const portKey: KeyOf = (item, path, index) => {
  if (!isMapping(item)) return showScalar(item);
  if (!entry(item, "target"))
    throw missing(`service ports ${path.join(".")}.[${index}] is missing a target port`, path, index);
  const part = (key: string, missing: string) => {
    const value = entry(item, key);
    return value === undefined || value === null ? missing : showScalar(value);
  };
  return `${part("host_ip", "0.0.0.0")}:${part("published", "")}:${part("target", "")}/${part("protocol", "tcp")}`;
};

function fileTarget(folder: string): KeyOf {
  return (item) => {
    if (typeof item === "string") return `${folder}${item}`;
    return showScalar(entry(item, "target") ?? `${folder}${showScalar(entry(item, "source") ?? "")}`);
  };
}

const filePath: KeyOf = (item, path, index) => {
  const file = isMapping(item) ? entry(item, "path") : item;
  if (file !== undefined) return showScalar(file);
  throw missing(`environment path attribute ${path.join(".")}.[${index}] is missing`, path, index);
};

function missing(message: string, path: Path, index: number): ComposeFault {
  return new ComposeFault(message, [...path, String(index)], "Add what is missing.");
}

const keyTable = pathTable<KeyOf>({
  "networks.*.labels": variable,
  "volumes.*.labels": variable,
  "services.*.annotations": variable,
  "services.*.build.args": variable,
  "services.*.build.additional_contexts": variable,
  "services.*.build.platforms": whole,
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
  "services.*.expose": whole,
  "services.*.labels": variable,
  "services.*.label_file": filePath,
  "services.*.links": variable,
  "services.*.networks.*.aliases": variable,
  "services.*.networks.*.link_local_ips": variable,
  "services.*.ports": portKey,
  "services.*.profiles": variable,
  "services.*.secrets": fileTarget("/run/secrets/"),
  "services.*.sysctls": variable,
  "services.*.tmpfs": variable,
  "services.*.volumes": mountTarget,
  "services.*.volumes.*.volume.labels": variable,
});
