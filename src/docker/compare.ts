import type { Difference } from "../engine.ts";

/** Fields of an Engine answer or of a create body, by the Engine's names. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** Null and absent are empty. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** Null, absent and empty are one. */
export function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map((item) => (typeof item === "string" ? item : JSON.stringify(item))) : [];
}

/** One difference, or none when both sides read the same. */
export function compared(field: string, wanted: string, found: string): readonly Difference[] {
  return wanted === found ? [] : [{ field, wanted: wanted || "none", found: found || "none" }];
}

/** The same for what may be a secret: that it differs is told, its values are not. */
export function comparedInSecret(field: string, wanted: string, found: string): readonly Difference[] {
  return wanted === found ? [] : [{ field, wanted: wanted ? "set" : "not set", found: foundInSecret(wanted, found) }];
}

function foundInSecret(wanted: string, found: string): string {
  if (!found) return "not set";
  return wanted ? "another value" : "set";
}

/** Lists whose order means nothing. */
export function comparedSets(field: string, wanted: unknown, found: unknown): readonly Difference[] {
  const shown = (value: unknown): string => [...new Set(listOf(value))].sort().join(", ");
  return compared(field, shown(wanted), shown(found));
}

/** Every name that either side has, each as a difference of its own. */
export function comparedMaps(
  fieldOf: (name: string) => string,
  wanted: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
  compare: typeof compared = compared,
): readonly Difference[] {
  const names = [...new Set([...wanted.keys(), ...found.keys()])].sort();
  return names.flatMap((name) => compare(fieldOf(name), wanted.get(name) ?? "", found.get(name) ?? ""));
}
