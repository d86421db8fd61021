import type { Project } from "../project.ts";
import { jsonText } from "./json-text.ts";
import { byYamlKey, type Printed, type PrintedMapping } from "./printed.ts";
import { FILE_OBJECT, type Kind, MODEL, NETWORK, SERVICE, type Shape, ULIMIT, VOLUME } from "./shape.ts";
import {
  byBytes,
  entry,
  isList,
  isMapping,
  type Mapping,
  type Path,
  showScalar,
  type Value,
  withEntry,
} from "./tree.ts";
import { holdsUnique } from "./unicity.ts";
import { yamlText } from "./yaml-text.ts";

export type ConfigFormat = "json" | "yaml";

/**
 * The project as `docker compose config` prints it, byte for byte: fields in the order of their shapes, everything else sorted. Every `$`
 * is doubled, so that the output is a Compose file again. Only YAML shows models and the `x-` keys below the top.
 */
export function renderConfig(project: Project, format: ConfigFormat): string {
  const kinds = format === "json" ? JSON_SECTIONS : YAML_SECTIONS;
  const sections = kinds.flatMap(([key, shape]): readonly [string, Printed][] => {
    const shown = shownSection(project, key, shape, format);
    return key === "services" || shown.size > 0 ? [[key, shown]] : [];
  });
  const name: [string, Printed] = ["name", project.name];
  const own = [...extensionsOf(project.extensions as Mapping, format)];
  const text =
    format === "json"
      ? jsonText(new Map([name, ...sections, ...own].sort(([a], [b]) => byBytes(a, b))))
      : yamlText(new Map([name, ...sections, ...own]));
  return text.replaceAll("$", "$$$$");
}

/** A model without interpolation as `config` prints it: all keys sorted, no `$` doubled. */
export function renderModel(model: Mapping, format: ConfigFormat): string {
  const shown = shownModel(model, format);
  return format === "json" ? jsonText(shown) : yamlText(shown);
}

/** As Docker Compose has it, JSON shows the empty lists that it looked through for the same thing twice; the others are null. */
function shownModel(model: Mapping, format: ConfigFormat, path: Path = []): PrintedMapping {
  return shownMap(model, format, (value, key) => {
    const at = [...path, key];
    if (isMapping(value)) return shownModel(value, format, at);
    const looked = isList(value) && value.length === 0 && key !== "environment" && holdsUnique(at);
    return looked ? [] : shownValue(value, format);
  });
}

type SectionKey = "configs" | "models" | "networks" | "secrets" | "services" | "volumes";

const JSON_SECTIONS: readonly (readonly [SectionKey, Shape])[] = [
  ["services", SERVICE],
  ["networks", NETWORK],
  ["volumes", VOLUME],
  ["secrets", FILE_OBJECT],
  ["configs", FILE_OBJECT],
];
const YAML_SECTIONS: readonly (readonly [SectionKey, Shape])[] = [...JSON_SECTIONS, ["models", MODEL]];

function shownSection(project: Project, key: SectionKey, shape: Shape, format: ConfigFormat): PrintedMapping {
  return shownMap(project[key] as unknown as Mapping, format, (value) => {
    const object = isMapping(value) ? value : {};
    return shownObject(printedPart(object, key), shape, format);
  });
}

/** A value that came from a variable is named, never printed; a label file has been read. */
function printedPart(object: Mapping, key: SectionKey): Mapping {
  if (key === "services") return withEntry(object, "label_file", undefined);
  const named = (key === "secrets" || key === "configs") && Object.hasOwn(object, "environment");
  return named ? { ...object, content: null } : object;
}

function shownObject(value: Mapping, shape: Shape, format: ConfigFormat): PrintedMapping {
  const fields = shape.flatMap(({ key, kind, encodedAs, keep }): readonly [string, Printed][] => {
    const given = entry(value, key);
    if (given === undefined || (given === null && keep !== "always")) return [];
    if (format === "yaml" && keep === "always" && isUnset(given)) return [];
    return [[(format === "json" && encodedAs) || key, shownKind(given, kind, format)]];
  });
  return new Map([...fields, ...(format === "yaml" ? extensionsOf(value, format) : [])]);
}

/** YAML leaves out what JSON prints always: an unset command, empty `ipam`, `resources`, `placement` and `exec`. */
function isUnset(value: Value): boolean {
  return value === null || (isMapping(value) && Object.values(value).every((child) => child === null));
}

function shownKind(value: Value, kind: Kind, format: ConfigFormat): Printed {
  if (kind === "ulimit" && isMapping(value)) return shownLimits(value, format);
  if (kind === "sshKeys" && isList(value) && format === "yaml")
    return value.map((key) => showScalar(key).replace("=", ": "));
  if (kind === "words" && isList(value)) return value.map(showScalar);
  if (kind === "int" && typeof value === "string" && /^-?\d+$/.test(value)) return BigInt(value);
  if (typeof kind !== "object" || value === null) return shownValue(value, format);
  if ("list" in kind) return isList(value) ? value.map((item) => shownKind(item, kind.list, format)) : null;
  if (!isMapping(value)) return shownValue(value, format);
  if ("map" in kind) return shownMap(value, format, (child) => shownKind(child, kind.map, format));
  return shownObject(value, kind.object, format);
}

/** YAML shows both limits, be they zero. */
function shownLimits(value: Mapping, format: ConfigFormat): PrintedMapping {
  return shownObject(format === "yaml" ? { soft: 0, hard: 0, ...value } : value, ULIMIT, format);
}

function shownValue(value: Value, format: ConfigFormat): Printed {
  // compose-go keeps no list that is empty, and Go's JSON encoder has null for it.
  if (isList(value))
    return format === "json" && value.length === 0 ? null : value.map((item) => shownValue(item, format));
  return isMapping(value) ? shownMap(value, format, (child) => shownValue(child, format)) : value;
}

function shownMap(value: Mapping, format: ConfigFormat, show: (value: Value, key: string) => Printed): PrintedMapping {
  const keys = Object.keys(value).sort(format === "json" ? byBytes : byYamlKey);
  return new Map(keys.map((key) => [key, show(value[key] ?? null, key)]));
}

function extensionsOf(value: Mapping, format: ConfigFormat): PrintedMapping {
  const own = Object.entries(value).filter(([key]) => key.startsWith("x-"));
  return shownMap(Object.fromEntries(own), format, (child) => shownValue(child, format));
}
