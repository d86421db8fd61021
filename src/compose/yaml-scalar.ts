import { showFloat } from "./tree.ts";

/** What a plain YAML scalar means to Docker Compose's parser (go-yaml): 1.2 words, 1.1 integers. */
export function resolvePlain(source: string): null | boolean | number | string {
  if (/^(?:~|null|Null|NULL|)$/.test(source)) return null;
  if (/^(?:true|True|TRUE)$/.test(source)) return true;
  if (/^(?:false|False|FALSE)$/.test(source)) return false;
  if (!/^[-+.\d]/.test(source)) return source;
  return resolveNumber(source) ?? source;
}

function resolveNumber(source: string): number | string | undefined {
  const text = source.replaceAll("_", "");
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[-+]/, "");
  if (/^0[0-7]+$/.test(digits)) return integer(`0o${digits.slice(1)}`, sign, source);
  if (/^(?:0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+|0|[1-9]\d*)$/.test(digits)) return integer(digits, sign, source);
  if (/^\.(?:inf|Inf|INF)$/.test(digits)) return sign < 0 ? "-Inf" : "+Inf";
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return "NaN";
  if (/^(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(digits)) return float(sign * Number(digits));
  return undefined;
}

/** A whole number written as a float shows its exponent from 10^6 on; as text, since a number would forget how it was written. */
function float(value: number): number | string {
  return Number.isInteger(value) && Math.abs(value) >= 1e6 ? showFloat(value) : value;
}

/** Beyond 2^53 the text is kept: a number would lose digits, and every field that takes such a value also takes text. */
function integer(digits: string, sign: number, source: string): number | string {
  const value = sign * Number(digits);
  if (Number.isSafeInteger(value)) return value || 0;
  return Math.abs(value) < 2 ** 64 ? source.replaceAll("_", "") : showFloat(value);
}
