import { parseBytes, parseDuration, showDuration } from "../quantity.ts";
import { castFlag } from "./casts.ts";
import { ComposeFault, faultAt } from "./compose-fault.ts";
import type { Field, Kind, Shape } from "./shape.ts";
import { splitWords } from "./shell-words.ts";
import {
  byBytes,
  entry,
  isMapping,
  type Mapping,
  mapEntries,
  type Path,
  showScalar,
  toList,
  type Value,
} from "./tree.ts";

/** Told of what is odd but allowed. */
export type Warn = (message: string) => void;

/**
 * A mapping in the form that `docker compose config` prints: every value of its kind, nothing that is zero. Own fields (`x-…`) stay as
 * they are behind it.
 */
export function bindObject(value: Mapping, shape: Shape, path: Path, warn: Warn): Mapping {
  const bound = shape.flatMap((field): readonly [string, Value][] => {
    const given = bindField(value, field, [...path, field.key], warn);
    return given === undefined ? [] : [[field.key, given]];
  });
  const own = Object.entries(value).filter(([key]) => key.startsWith("x-"));
  return Object.fromEntries([...bound, ...own]);
}

function bindField(value: Mapping, { key, kind, keep }: Field, path: Path, warn: Warn): Value | undefined {
  const given = entry(value, key);
  if (given === undefined || given === null) return keep === "always" ? unset(kind) : undefined;
  const bound = bind(given, kind, path, warn);
  if (keep !== undefined || (typeof kind === "object" && "object" in kind)) return bound;
  return isZero(bound) || (kind === "bytes" && bound === "0") ? undefined : bound;
}

/** What Docker Compose prints for a field that it always prints. */
function unset(kind: Kind): Value {
  if (typeof kind !== "object") return { flag: false, int: 0, bytes: "0", text: "" }[kind as string] ?? null;
  return "object" in kind
    ? Object.fromEntries(
        kind.object.flatMap((field) => (field.keep === "always" ? [[field.key, unset(field.kind)]] : [])),
      )
    : null;
}

function isZero(value: Value): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === "" || value === 0 || value === false || value === null;
}

function bind(value: Value, kind: Kind, path: Path, warn: Warn): Value {
  if (typeof kind !== "object") return SCALARS[kind](value, path, warn);
  if ("list" in kind) return toList(value).map((item, index) => bind(item, kind.list, [...path, String(index)], warn));
  if ("object" in kind) return isMapping(value) ? bindObject(value, kind.object, path, warn) : value;
  if (!isMapping(value)) return value;
  return mapEntries(value, (child, key) => (child === null ? null : bind(child, kind.map, [...path, key], warn)));
}

type Scalar = Exclude<Kind, object>;

const SCALARS: Readonly<Record<Scalar, (value: Value, path: Path, warn: Warn) => Value>> = {
  bytes,
  count: (value) => (value === "all" ? -1 : whole(value)),
  duration,
  flag: (value) => (typeof value === "string" ? castFlag(value) : value),
  float: (value) => shortFloat(Number(value)),
  hosts,
  int: whole,
  sshKeys: (value) => toList(value).map(showScalar),
  mode: (value) => (typeof value === "string" ? octal(Number.parseInt(value, 8)) : octal(Number(value))),
  nullMap: variables,
  test: (value) => (typeof value === "string" ? ["CMD-SHELL", value] : value),
  text: showScalar,
  textMap: (value) => keyValues(value, ""),
  texts: (value) => toList(value).map(showScalar),
  ulimit: (value) => (isMapping(value) ? limits(value) : whole(value)),
  words: commandWords,
};

function octal(mode: number): string {
  return `0${mode.toString(8)}`;
}

function whole(value: Value): Value {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : showScalar(value);
}

function limits(value: Mapping): Mapping {
  const soft = whole(entry(value, "soft") ?? 0);
  const hard = whole(entry(value, "hard") ?? 0);
  return { ...(soft === 0 ? {} : { soft }), ...(hard === 0 ? {} : { hard }) };
}

/** The shortest decimal that is the same 32-bit float: Docker Compose keeps CPU numbers in 32 bits. */
function shortFloat(value: number): number {
  for (let digits = 1; digits < 10; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return value;
}

function bytes(value: Value, path: Path): Value {
  if (typeof value === "number") return String(value);
  const text = showScalar(value);
  return /^-\d+$/.test(text) ? text : faultAt(path, decoding(path), () => String(parseBytes(text)));
}

function duration(value: Value, path: Path): Value {
  const text = showScalar(value);
  const unitless = /^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(text) && !/^[-+]?0$/.test(text);
  if (unitless)
    throw new ComposeFault(
      `${decoding(path)}time: missing unit in duration "${text}"`,
      path,
      `Write ${text}s, ${text}m or ${text}h.`,
    );
  return faultAt(path, `${decoding(path)}time: `, () => showDuration(parseDuration(text)));
}

/** The path as Docker Compose puts it before what it could not decode: `'services[web].command' `. */
function decoding([root = "", name = "", ...rest]: Path): string {
  const keys = rest.map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`));
  return `'${root}[${name}]${keys.join("")}' `;
}

/** `["A=1", "B"]` or a mapping, as a mapping of texts; what has no value becomes `bare`. */
export function keyValues(value: Value, bare: "" | null): Mapping {
  if (isMapping(value)) return mapEntries(value, (child) => (child === null ? bare : showScalar(child)));
  const pairs = toList(value).map((item): [string, Value] => {
    const [key = "", ...rest] = showScalar(item).split("=");
    return [key, rest.length === 0 ? bare : rest.join("=")];
  });
  return Object.fromEntries(pairs);
}

function variables(value: Value, path: Path): Mapping {
  for (const item of isMapping(value) ? [] : toList(value)) {
    const [name = ""] = showScalar(item).split("=", 1);
    if (/\s$/.test(name))
      throw new ComposeFault(
        `${decoding(path)}environment variable ${name} is declared with a trailing space`,
        path,
        "Remove the space before the equals sign.",
      );
  }
  return keyValues(value, null);
}

function commandWords(value: Value, path: Path, warn: Warn): Value {
  if (typeof value !== "string") return toList(value).map(showScalar);
  const { words, cut } = faultAt(path, decoding(path), () => splitWords(value));
  if (cut)
    warn(`${path.join(".")}: everything from the first unquoted ; & | < > on is dropped, no shell runs this command`);
  return words;
}

/** Every address of every host as `host=address`, sorted. */
function hosts(value: Value, path: Path): Value {
  const pairs = isMapping(value)
    ? Object.entries(value).flatMap(([host, addresses]) => toList(addresses).map((one) => [host, showScalar(one)]))
    : toList(value).map((item) => splitHost(showScalar(item), path));
  return pairs
    .flatMap(([host = "", addresses = ""]) => addresses.split(",").map((one) => `${host}=${unbracketed(one)}`))
    .sort(byBytes);
}

function splitHost(text: string, path: Path): readonly [string, string] {
  const at = text.includes("=") ? text.indexOf("=") : text.indexOf(":");
  if (at < 1) throw new ComposeFault(`bad host name '${text}'`, path, 'Write it like "host=10.0.0.1".');
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function unbracketed(address: string): string {
  return address.replace(/^\[(.*)\]$/, "$1");
}
