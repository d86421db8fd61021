/** A Compose document as read: what YAML can say once its scalars are resolved. Never mutated. */
export type Value = null | boolean | number | string | readonly Value[] | Mapping;
export interface Mapping {
  readonly [key: string]: Value;
}

/** Keys and list indexes from the root: `["services", "web", "ports", "0"]`. */
export type Path = readonly string[];

export function isMapping(value: Value | undefined): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** The value's own entry; never one that every object inherits (`constructor` is a fine service name). */
export function entry(value: Value | undefined, key: string): Value | undefined {
  return isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The mapping under a key, or an empty one. */
export function section(value: Value | undefined, key: string): Mapping {
  const found = entry(value, key);
  return isMapping(found) ? found : {};
}

/** The list under a key, or an empty one. */
export function items(value: Value | undefined, key: string): readonly Value[] {
  const found = entry(value, key);
  return isList(found) ? found : [];
}

export function textOf(value: Value | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The same mapping with one key set, or removed when the value is undefined. */
export function withEntry(mapping: Mapping, key: string, value: Value | undefined): Mapping {
  if (value === undefined)
    return Object.hasOwn(mapping, key)
      ? Object.fromEntries(Object.entries(mapping).filter(([name]) => name !== key))
      : mapping;
  return { ...mapping, [key]: value };
}

export function mapEntries(mapping: Mapping, change: (value: Value, key: string) => Value): Mapping {
  return Object.fromEntries(Object.entries(mapping).map(([key, value]) => [key, change(value, key)]));
}

/** The same tree with every service changed; services that are not mappings stay as they are. */
export function mapServices(model: Mapping, change: (service: Mapping, serviceName: string) => Value): Mapping {
  const services = entry(model, "services");
  if (!isMapping(services)) return model;
  const changed = mapEntries(services, (service, name) => (isMapping(service) ? change(service, name) : service));
  return { ...model, services: changed };
}

/** Deletes what sits at a path; a path that is not there changes nothing. Lists are never entered. */
export function without(value: Value, path: Path): Value {
  const [key, ...rest] = path;
  if (key === undefined || !isMapping(value) || !Object.hasOwn(value, key)) return value;
  if (rest.length === 0) return withEntry(value, key, undefined);
  return { ...value, [key]: without(value[key] ?? null, rest) };
}

export function sameValue(left: Value | undefined, right: Value | undefined): boolean {
  if (left === right) return true;
  if (isList(left) && isList(right))
    return left.length === right.length && left.every((item, index) => sameValue(item, right[index]));
  if (!isMapping(left) || !isMapping(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameValue(left[key], right[key]))
  );
}

/** A value as Go prints it with `%v`: how numbers and booleans become text. */
export function showScalar(value: Value): string {
  if (typeof value === "number") return showNumber(value);
  if (value === null) return "<nil>";
  if (isList(value)) return `[${value.map(showScalar).join(" ")}]`;
  if (!isMapping(value)) return String(value);
  const keys = Object.keys(value).sort(byBytes);
  return `map[${keys.map((key) => `${key}:${showScalar(value[key] ?? null)}`).join(" ")}]`;
}

/** The name of a value's type in Go. */
export function goType(value: Value): string {
  if (value === null) return "<nil>";
  if (isList(value)) return "[]interface {}";
  if (isMapping(value)) return "map[string]interface {}";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float64";
  return typeof value === "boolean" ? "bool" : "string";
}

/** A value as Go prints it with `%s`, which is made for texts. */
export function asGoText(value: Value): string {
  if (typeof value === "string" || isMapping(value)) return showScalar(value);
  return value === null ? "%!s(<nil>)" : `%!s(${goType(value)}=${showScalar(value)})`;
}

function showNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : showFloat(value);
}

/** A float as Go prints it: with an exponent below 10^-4 and from 10^6 on. */
export function showFloat(value: number): string {
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  if (Number(exponent) >= -4 && Number(exponent) < 6) return String(value);
  return `${digits}e${exponent.startsWith("-") ? "-" : "+"}${exponent.slice(1).padStart(2, "0")}`;
}

/** Orders by UTF-8 bytes, as Go sorts strings: by code point, not by UTF-16 unit. */
export function byBytes(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (a !== b) return codePointOrder(a) - codePointOrder(b);
  }
  return left.length - right.length;
}

/** Surrogates stand for code points above all others of one unit. */
function codePointOrder(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** `{ b: 1, a: null }` as `["a", "b=1"]`; a list stays, a scalar becomes a list of one. */
export function toList(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  if (isList(value)) return value;
  if (!isMapping(value)) return [value];
  return Object.keys(value)
    .sort(byBytes)
    .map((key) => (value[key] === null ? key : `${key}=${showScalar(value[key] ?? null)}`));
}
