import type { ConfigHash, Network, Service, Volume } from "../project.ts";
import { quotedJson } from "./json-text.ts";
import { sha256 } from "./sha256.ts";
import { type Field, type Kind, NETWORK, SERVICE, type Shape, ULIMIT, UNHASHED, VOLUME } from "./shape.ts";
import { byBytes, entry, isList, isMapping, type Mapping, type Value, withEntry } from "./tree.ts";

/** A: Docker Compose up to 2.40; B: since 5.0. They differ in how a bind mount says that its host path may be made. */
type Flavour = "a" | "b";

/**
 * The config hash of a service as `docker compose config --hash` prints it: `service:x` in network_mode, ipc, pid and
 * volumes_from is hashed as text; the label on a container carries the hash after x became a container id.
 * Source: docker/compose ServiceHash, compose-go's JSON encoding.
 */
export function serviceHash(service: Service): ConfigHash {
  const a = sha256(encodeService(service, "a"));
  const alike = !service.volumes?.some(({ bind }) => bind);
  return { a, b: alike ? a : sha256(encodeService(service, "b")) };
}

/** As Docker Compose labels a network: its own fields, none of Compose's labels. */
export function networkHash(network: Network): string {
  return sha256(encodeObject({ ...network } as unknown as Mapping, NETWORK, "a"));
}

/** As Docker Compose labels a volume; no driver means the local one. */
export function volumeHash(volume: Volume): string {
  return sha256(encodeObject({ driver: "local", ...volume } as unknown as Mapping, VOLUME, "a"));
}

const HASHED = SERVICE.filter((field) => !UNHASHED.has(field.key));

function encodeService(service: Service, flavour: Flavour): string {
  const value = { ...service } as unknown as Mapping;
  const deploy = entry(value, "deploy");
  const counted = isMapping(deploy) ? { ...value, deploy: withEntry(deploy, "replicas", undefined) } : value;
  return encodeObject(counted, HASHED, flavour);
}

function encodeObject(value: Mapping, shape: Shape, flavour: Flavour): string {
  return `{${shape.flatMap((field) => encodeField(value, field, flavour)).join(",")}}`;
}

function encodeField(value: Mapping, { key, kind, encodedAs }: Field, flavour: Flavour): readonly string[] {
  const given = entry(value, key);
  if (given === undefined) return [];
  return [`${JSON.stringify(encodedAs ?? key)}:${encode(given, kind, flavour)}`];
}

function encode(value: Value, kind: Kind, flavour: Flavour): string {
  if (kind === "int" && typeof value === "string") return value;
  if (kind === "ulimit" && isMapping(value)) return encodeObject(value, ULIMIT, flavour);
  if (typeof kind !== "object") return encodeAny(value);
  if ("list" in kind)
    return isList(value) ? `[${value.map((item) => encode(item, kind.list, flavour)).join(",")}]` : "null";
  if (!isMapping(value)) return "null";
  if ("map" in kind) return encodeEntries(value, (child) => encode(child, kind.map, flavour));
  return encodeObject(kind.name === "bind" ? bindIn(value, flavour) : value, kind.object, flavour);
}

/** A writes `create_host_path` only when true, B only when false. */
function bindIn(bind: Mapping, flavour: Flavour): Mapping {
  const create = entry(bind, "create_host_path") === true;
  if (flavour === "a") return withEntry(bind, "create_host_path", create ? true : undefined);
  return withEntry(bind, "create_host_path", create ? undefined : false);
}

function encodeAny(value: Value): string {
  if (isList(value)) return `[${value.map(encodeAny).join(",")}]`;
  if (isMapping(value)) return encodeEntries(value, encodeAny);
  return typeof value === "string" ? quotedJson(value) : JSON.stringify(value);
}

function encodeEntries(value: Mapping, encodeOne: (value: Value) => string): string {
  const keys = Object.keys(value).sort(byBytes);
  return `{${keys.map((key) => `${quotedJson(key)}:${encodeOne(value[key] ?? null)}`).join(",")}}`;
}
