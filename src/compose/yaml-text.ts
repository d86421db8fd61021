import type { Printed, PrintedMapping } from "./printed.ts";
import { showFloat } from "./tree.ts";
import { meansText } from "./yaml-scalar.ts";

/** A block mapping as Docker Compose's encoder (go-yaml) writes it: indent of two, no folding, quotes only where needed. */
export function yamlText(value: PrintedMapping): string {
  if (value.size === 0) return "{}\n";
  return mapping(value, "");
}

function mapping(value: PrintedMapping, indent: string): string {
  return [...value].map(([key, child]) => entry(key, child, indent)).join("");
}

/** A key that is too long or has line breaks cannot be told from a text without its question mark. */
function entry(key: string, child: Printed, indent: string): string {
  const simple = new TextEncoder().encode(key).length <= 128 && !BREAK.test(key);
  const start = simple
    ? `${indent}${inlineText(key)}:`
    : `${indent}? ${scalar(key, `${indent}  `).trimStart()}${indent}:`;
  return `${start}${behind(child, indent, simple)}`;
}

/** What follows a colon. */
function behind(value: Printed, indent: string, simple: boolean): string {
  const inner = `${indent}  `;
  if (value instanceof Map && value.size > 0) {
    const text = mapping(value, inner);
    return simple ? `\n${text}` : ` ${text.slice(inner.length)}`;
  }
  if (Array.isArray(value) && value.length > 0) {
    const text = sequence(value, inner);
    return simple ? `\n${text}` : ` ${text.slice(inner.length)}`;
  }
  return scalar(value, inner);
}

function sequence(items: readonly Printed[], indent: string): string {
  return items.map((item) => `${indent}-${listItem(item, `${indent}  `)}`).join("");
}

/** What follows a dash: collections begin on the same line. */
function listItem(item: Printed, inner: string): string {
  if (item instanceof Map && item.size > 0) return ` ${mapping(item, inner).slice(inner.length)}`;
  if (Array.isArray(item) && item.length > 0) return ` ${sequence(item, inner).slice(inner.length)}`;
  return scalar(item, inner);
}

function scalar(value: Printed, indent: string): string {
  if (typeof value === "number") return ` ${Number.isInteger(value) ? String(value) : showFloat(value)}\n`;
  if (typeof value === "boolean" || typeof value === "bigint") return ` ${String(value)}\n`;
  if (value === null) return " null\n";
  if (typeof value !== "string") return value instanceof Map ? " {}\n" : " []\n";
  return value.includes("\n") && mayBeBlock(value) ? literal(value, indent) : ` ${inlineText(value)}\n`;
}

function literal(text: string, indent: string): string {
  const hint = /^[ \n\r\u2028\u2029]/.test(text) ? "2" : "";
  const chomp = text === "\n" || text.endsWith("\n\n") ? "+" : text.endsWith("\n") ? "" : "-";
  const body = text.endsWith("\n") ? text.slice(0, -1) : text;
  const lines = body.split("\n").map((line) => (line === "" ? "\n" : `${indent}${line}\n`));
  return ` |${hint}${chomp}\n${lines.join("")}`;
}

const BREAK = /[\n\r\u0085\u2028\u2029]/;

/** Characters that the encoder does not trust a reader to show; those beyond the first plane among them. */
const SPECIAL = /[^\n\t\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;

function mayBeBlock(text: string): boolean {
  return !SPECIAL.test(text) && !/ [\n\r\u2028\u2029]/.test(text) && !text.endsWith(" ");
}

function inlineText(text: string): string {
  if (text.includes("\n") || !isPlainText(text)) return doubleQuoted(text);
  if (SPECIAL.test(text) || text.includes("\t") || / [\r\u2028\u2029]|[\r\u2028\u2029] /.test(text))
    return doubleQuoted(text);
  return mayBePlain(text) ? text : `'${text.replaceAll("'", "''")}'`;
}

/** Also false for what only readers of YAML 1.1 would take for something else: `no`, `22:22`. */
function isPlainText(text: string): boolean {
  if (/^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/.test(text)) return false;
  return !/^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text) && meansText(text);
}

function mayBePlain(text: string): boolean {
  if (text === "" || text !== text.replace(/^[ \n]|[ \n]$/g, "")) return false;
  if (BREAK.test(text) || /^(?:---|\.\.\.)/.test(text) || /^[#,[\]{}&*!|>'"%@`]/.test(text)) return false;
  return !/^[-?:](?:[ \t]|$)/.test(text) && !/:(?:[ \t]|$)/.test(text) && !/[ \t]#/.test(text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "0",
  "\x07": "a",
  "\b": "b",
  "\t": "t",
  "\n": "n",
  "\v": "v",
  "\f": "f",
  "\r": "r",
  "\x1b": "e",
  '"': '"',
  "\\": "\\",
  "\x85": "N",
  "\xa0": "_",
  "\u2028": "L",
  "\u2029": "P",
};

function doubleQuoted(text: string): string {
  const escaped = Array.from(text, (character) => {
    const printable = !SPECIAL.test(character) && !BREAK.test(character) && character !== "\t";
    if (printable && character !== '"' && character !== "\\") return character;
    return `\\${ESCAPES[character] ?? codeOf(character)}`;
  });
  return `"${escaped.join("")}"`;
}

function codeOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  if (code.length <= 2) return `x${code.padStart(2, "0")}`;
  return code.length <= 4 ? `u${code.padStart(4, "0")}` : `U${code.padStart(8, "0")}`;
}
