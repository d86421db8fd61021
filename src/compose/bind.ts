import { parseBytes, parseDuration, showDuration } from "../quantity.ts";
import { castFlag, type Warn } from "./casts.ts";
import { ComposeFault, faultAt } from "./compose-fault.ts";
import { parseFloatText, parseInteger } from "./go-number.ts";
import { CLOSED, type Field, type Kind, type Shape } from "./shape.ts";
import { splitWords } from "./shell-words.ts";
import {
  byBytes,
  entry,
  goType,
  isList,
  isMapping,
  type Mapping,
  mapEntries,
  type Path,
  showScalar,
  toList,
  type Value,
} from "./tree.ts";

export type { Warn };

/**
 * A mapping in the form that `docker compose config` prints: every value of its kind, nothing that is zero. Own fields (`x-…`) stay as
 * they are behind it.
 */
export function bindObject(value: Mapping, shape: Shape, path: Path, warn: Warn): Mapping {
  const bound = shape.flatMap((field): readonly [string, Value][] => {
    const given = bindField(value, field, [...path, field.key], warn);
    return given === undefined ? [] : [[field.key, given]];
  });
  const own = CLOSED.has(shape) ? [] : Object.entries(value).filter(([key]) => key.startsWith("x-"));
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
  anyTexts: (value) => toList(value).map(showScalar),
  bytes,
  count,
  duration,
  envFile,
  flag: (value, path, warn) => (typeof value === "string" ? decoded(path, () => castFlag(value, warn)) : value),
  float,
  hosts,
  int: whole,
  sshKeys: (value) => toList(value).map(showScalar),
  mode,
  nullMap: variables,
  test: (value) => (typeof value === "string" ? ["CMD-SHELL", value] : value),
  text,
  textMap: (value) => keyValues(value, ""),
  texts: (value, path) => toList(value).map((item, index) => text(item, [...path, String(index)])),
  uint16: (value, path) => unsigned(value, "uint16", path),
  uint32: (value, path) => unsigned(value, "uint32", path),
  uint64: (value, path) => unsigned(value, "uint64", path),
  ulimit: (value, path) => (isMapping(value) ? limits(value, path) : single(whole(value, path))),
  words: commandWords,
};

/** Runs what reads one value; its complaint is a fault at the path, in the form that Docker Compose's decoder has. */
function decoded<Result>(path: Path, read: () => Result): Result {
  return faultAt(path, decoding(path), read);
}

function unconvertible(value: Value, wanted: string, path: Path): ComposeFault {
  const message = `${decoding(path)}expected type '${wanted}', got unconvertible type '${goType(value)}'`;
  return new ComposeFault(message, path, "Write it as the Compose Specification describes.");
}

/** Whole numbers become text, nothing else does. */
function text(value: Value, path: Path): string {
  if (typeof value === "string") return value;
  if (Number.isInteger(value)) return showScalar(value);
  throw unconvertible(value, "string", path);
}

function whole(value: Value, path: Path): Value {
  if (typeof value === "number") return Math.trunc(value);
  return typeof value === "string" ? decoded(path, () => parseInteger(value, "ParseInt")) : value;
}

function unsigned(value: Value, type: "uint16" | "uint32" | "uint64", path: Path): Value {
  if (typeof value !== "number") throw unconvertible(value, type, path);
  if (value >= 0) return Math.trunc(value);
  const message = `${decoding(path)}cannot parse value as '${type}': ${showScalar(value)} overflows uint`;
  throw new ComposeFault(message, path, "Write 0 or more.");
}

function count(value: Value, path: Path): Value {
  if (typeof value !== "string") return whole(value, path);
  if (value.toLowerCase() === "all") return -1;
  if (/^[-+]?\d+$/.test(value)) return whole(value, path);
  const message = `${decoding(path)}invalid value "${value}", the only value allowed is 'all' or a number`;
  throw new ComposeFault(message, path, "Write all, or how many.");
}

function mode(value: Value, path: Path): Value {
  if (typeof value !== "string") return octal(Number(value));
  const wrong = () => new Error(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  return decoded(path, () => {
    if (!/^[-+]?[0-7]+$/.test(value)) throw wrong();
    return octal(Number.parseInt(value, 8));
  });
}

function octal(bits: number): string {
  return `0${bits.toString(8)}`;
}

/** The short form where the file must be there: as Docker Compose encodes it. */
function envFile(value: Value): Value {
  const path = entry(value, "path") ?? "";
  const required = entry(value, "required") ?? true;
  if (required === true || required === "true") return path;
  return { ...(isMapping(value) ? value : {}), path, required: false };
}

/** A single limit of zero is none. */
function single(limit: Value): Value {
  return limit === 0 ? {} : limit;
}

function limits(value: Mapping, path: Path): Mapping {
  const soft = whole(entry(value, "soft") ?? 0, [...path, "soft"]);
  const hard = whole(entry(value, "hard") ?? 0, [...path, "hard"]);
  return { ...(soft === 0 ? {} : { soft }), ...(hard === 0 ? {} : { hard }) };
}

function float(value: Value, path: Path): number {
  const number = typeof value === "string" ? decoded(path, () => parseFloatText(value)) : Number(value);
  if (Number.isFinite(number)) return shortFloat(number);
  throw new ComposeFault(
    `json: unsupported value: ${number > 0 ? "+Inf" : showScalar(number)}`,
    path,
    "Write a number.",
  );
}

/** The shortest decimal that is the same 32-bit float: Docker Compose keeps CPU numbers in 32 bits. */
function shortFloat(value: number): number {
  for (let digits = 1; digits < 10; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return value;
}

/** A size that is a fraction is none to Docker Compose; `-1` as text is only known of swap. */
function bytes(value: Value, path: Path): Value {
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : "0";
  const size = showScalar(value);
  if (/^\d{16,19}$/.test(size) || (/^-\d+$/.test(size) && path.at(-1) === "memswap_limit")) return size;
  return decoded(path, () => String(parseBytes(size)));
}

function duration(value: Value, path: Path): Value {
  return faultAt(path, `${decoding(path)}time: `, () => showDuration(parseDuration(showScalar(value))));
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
    ? Object.entries(value).map(([host, given]) => [host, addressesOf(given)] as const)
    : toList(value).map((item) => splitHost(showScalar(item), path));
  return pairs
    .flatMap(([host, addresses]) => {
      if (host !== "" && !/[:=]/.test(host)) return addresses.map((address) => `${host}=${unbracketed(address)}`);
      const message = `${decoding(path)}bad host name '${host}'`;
      throw new ComposeFault(message, path, 'Write it like "host=10.0.0.1".');
    })
    .sort(byBytes);
}

function addressesOf(given: Value): readonly string[] {
  return isList(given) ? given.map(showScalar) : [given === null ? "" : showScalar(given)];
}

/** At the first `=`, or without one at the first colon. */
function splitHost(given: string, path: Path): readonly [string, readonly string[]] {
  const at = given.includes("=") ? given.indexOf("=") : given.indexOf(":");
  if (at >= 0) return [given.slice(0, at), given.slice(at + 1).split(",")];
  const message = `${decoding(path)}invalid additional host, missing IP: ${given}`;
  throw new ComposeFault(message, path, 'Write it like "host=10.0.0.1".');
}

function unbracketed(address: string): string {
  return address.length > 2 ? address.replace(/^\[(.*)\]$/, "$1") : address;
}
