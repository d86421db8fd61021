import { showFloat } from "./tree.ts";

const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:true|True|TRUE)$/;
const FALSE = /^(?:false|False|FALSE)$/;

/** Whether a plain scalar would be read as the text it is: what a printer must not put in quotes. */
export function meansText(source: string): boolean {
  if (NULL.test(source) || TRUE.test(source) || FALSE.test(source)) return false;
  return !/^[-+.\d]/.test(source) || (resolveNumber(source) === undefined && !isTimestamp(source));
}

function isTimestamp(source: string): boolean {
  const time = "\\d{1,2}:\\d{1,2}:\\d{1,2}(?:\\.\\d*)?";
  const pattern = new RegExp(`^\\d{4}-(\\d{1,2})-(\\d{1,2})(?: ${time}|[Tt]${time}(?:Z|[-+]\\d\\d:\\d\\d))?$`);
  const [, month, day] = pattern.exec(source) ?? [];
  return month !== undefined && Number(month) <= 12 && Number(day) <= 31;
}

/** The tags that say what a scalar must be read as; any other makes it text, however it is written: `!override 8080` too. */
const TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ["tag:yaml.org,2002:null", ["!!null"]],
  ["tag:yaml.org,2002:bool", ["!!bool"]],
  ["tag:yaml.org,2002:int", ["!!int"]],
  ["tag:yaml.org,2002:float", ["!!float", "!!int"]],
]);

/** What a scalar means, plain or quoted, with its tag. Throws Error when it cannot be what the tag says. */
export function resolveScalar(text: string, plain: boolean, tag: string | undefined) {
  if (tag === undefined) return plain ? resolvePlain(text) : text;
  const wanted = TYPES.get(tag);
  if (!wanted) return tag === "!" && text === "" && plain ? null : text;
  const value = resolvePlain(text);
  if (wanted.includes(tagOf(value))) return value;
  throw new Error(`cannot decode ${tagOf(value)} \`${text}\` as a ${wanted[0]}`);
}

/** Numbers that no number of ours can hold come as text. */
function tagOf(value: null | boolean | number | string): string {
  if (value === null) return "!!null";
  if (typeof value === "boolean") return "!!bool";
  if (/^[-+]?\d+$/.test(String(value))) return "!!int";
  return typeof value === "number" || /^[-+]?(?:\d[\d.]*e|Inf$|NaN$)/.test(value) ? "!!float" : "!!str";
}

/** What a plain YAML scalar means to Docker Compose's parser (go-yaml): 1.2 words, 1.1 integers. */
export function resolvePlain(source: string): null | boolean | number | string {
  if (NULL.test(source)) return null;
  if (TRUE.test(source)) return true;
  if (FALSE.test(source)) return false;
  if (!/^[-+.\d]/.test(source)) return source;
  return resolveNumber(source) ?? source;
}

function resolveNumber(source: string): number | string | undefined {
  const text = source.replaceAll("_", "");
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[-+]/, "");
  if (/^0[0-7]+$/.test(digits)) return integer(`0o${digits.slice(1)}`, sign);
  if (/^(?:0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+|0|[1-9]\d*)$/.test(digits)) return integer(digits, sign);
  if (/^\.(?:inf|Inf|INF)$/.test(digits)) return sign < 0 ? "-Inf" : "+Inf";
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return "NaN";
  if (/^(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(digits)) return float(sign * Number(digits));
  return undefined;
}

/** A whole number written as a float shows its exponent from 10^6 on; as text, since a number would forget how it was written. */
function float(value: number): number | string | undefined {
  if (!Number.isFinite(value)) return undefined;
  return Number.isInteger(value) && Math.abs(value) >= 1e6 ? showFloat(value) : value;
}

/** Beyond 2^53 the text is kept: a number would lose digits, and every field that takes such a value also takes text. */
function integer(digits: string, sign: number): number | string {
  const value = sign * Number(digits);
  if (Number.isSafeInteger(value)) return value || 0;
  const exact = BigInt(digits) * BigInt(sign);
  return exact < 2n ** 64n && exact >= -(2n ** 63n) ? String(exact) : showFloat(value);
}
