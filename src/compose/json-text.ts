import type { Printed } from "./printed.ts";

/** As Go's encoder writes JSON with an indent of two: `<`, `>` and `&` escaped, a number as short as it can be. */
export function jsonText(value: Printed, indent = ""): string {
  const inner = `${indent}  `;
  if (value instanceof Map) {
    const entries = [...value].map(([key, child]) => `${inner}${quotedJson(key)}: ${jsonText(child, inner)}`);
    return entries.length === 0 ? "{}" : `{\n${entries.join(",\n")}\n${indent}}`;
  }
  if (Array.isArray(value)) {
    const items = value.map((item: Printed) => `${inner}${jsonText(item, inner)}`);
    return items.length === 0 ? "[]" : `[\n${items.join(",\n")}\n${indent}]`;
  }
  if (typeof value === "bigint") return String(value);
  return typeof value === "string" ? quotedJson(value) : JSON.stringify(value);
}

/** JSON text with the characters escaped that Go's encoder escapes for HTML. */
export function quotedJson(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
