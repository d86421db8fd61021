import { stringify } from "yaml";
import type { Project } from "../project.ts";
import { type Kind, SERVICE, type Shape } from "./shape.ts";
import { byBytes, isList, isMapping, type Mapping, mapEntries, type Value, withEntry } from "./tree.ts";

/** The model as `docker compose config` prints it; every `$` is doubled, so that the output is a Compose file again. */
export function renderConfig(project: Project, format: "json" | "yaml"): string {
  const model = sorted(modelOf(project));
  const text = format === "json" ? `${escapeHtml(JSON.stringify(model, null, 2))}\n` : asYaml(model);
  return text.replaceAll("$", "$$$$");
}

const SECTIONS = ["networks", "volumes", "secrets", "configs"] as const;

function modelOf(project: Project): Mapping {
  const used = SECTIONS.filter((key) => Object.keys(project[key]).length > 0).map((key) => [
    key,
    asWritten(project[key]),
  ]);
  const services = Object.entries(project.services).map(([name, service]) => [
    name,
    encodedNames(asMapping(service), SERVICE),
  ]);
  const model = {
    name: project.name,
    services: Object.fromEntries(services),
    ...Object.fromEntries(used),
    ...project.extensions,
  };
  return model as unknown as Mapping;
}

/** A value that came from a variable is named, never printed. */
function asWritten(section: Project[(typeof SECTIONS)[number]]): unknown {
  const shown = Object.entries(section).map(([key, object]) => {
    const fields = Object.entries(object).filter(([field]) => field !== "content" || !("environment" in object));
    return [key, Object.fromEntries(fields)];
  });
  return Object.fromEntries(shown);
}

function asMapping(service: Project["services"][string]): Mapping {
  return { ...service } as unknown as Mapping;
}

/** Fields under the names that Docker Compose prints: block I/O limits have capital letters. */
function encodedNames(value: Mapping, shape: Shape): Mapping {
  const names = new Map(shape.map((field) => [field.key, field]));
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      const field = names.get(key);
      return [field?.encodedAs ?? key, field ? encodedValue(child, field.kind) : child];
    }),
  );
}

function encodedValue(value: Value, kind: Kind): Value {
  if (typeof kind !== "object") return value;
  if ("object" in kind) return isMapping(value) ? encodedNames(value, kind.object) : value;
  return "list" in kind && isList(value) ? value.map((item) => encodedValue(item, kind.list)) : value;
}

/** Sorted keys everywhere below the sections: the same model prints the same text. */
function sorted(value: Mapping): Mapping {
  return mapEntries(value, sortedValue);
}

function sortedValue(value: Value): Value {
  if (isList(value)) return value.map(sortedValue);
  if (!isMapping(value)) return value;
  const keys = Object.keys(value).sort(byBytes);
  return Object.fromEntries(keys.map((key) => [key, sortedValue(value[key] ?? null)]));
}

/** Go's JSON encoder escapes what HTML could misread. */
function escapeHtml(json: string): string {
  return json.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

/** YAML leaves out what JSON prints always: an unset command, empty `ipam`, `resources` and `placement`. */
function asYaml(model: Mapping): string {
  const services = isMapping(model["services"] ?? null) ? mapEntries(model["services"] as Mapping, yamlService) : {};
  const networks = model["networks"];
  const shown = {
    ...model,
    services,
    ...(isMapping(networks) ? { networks: mapEntries(networks, withoutEmpty("ipam")) } : {}),
  };
  // Texts such as `no` are quoted for those who still read YAML 1.1.
  return stringify(shown, { lineWidth: 0, indent: 2, aliasDuplicateObjects: false, compat: "yaml-1.1" });
}

function yamlService(value: Value): Value {
  if (!isMapping(value)) return value;
  const unset = ["command", "entrypoint"].filter((key) => value[key] === null);
  const service = unset.reduce((kept, key) => withEntry(kept, key, undefined), value);
  const deploy = service["deploy"];
  if (!isMapping(deploy)) return service;
  return { ...service, deploy: withoutEmpty("resources")(withoutEmpty("placement")(deploy)) };
}

function withoutEmpty(key: string): (value: Value) => Value {
  return (value) => {
    if (!isMapping(value)) return value;
    const inner = value[key];
    return isMapping(inner) && Object.keys(inner).length === 0 ? withEntry(value, key, undefined) : value;
  };
}
