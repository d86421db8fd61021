// How Docker Compose reads numbers that were written as text. Source: Go's strconv, whose sentences these are.

const MOST = 2n ** 63n - 1n;

/** A whole number of 64 bits; text where a number would lose digits. Throws Error. */
export function parseInteger(text: string, by: "Atoi" | "ParseInt"): number | string {
  if (!/^[-+]?\d+$/.test(text)) throw wrong(by, text, "invalid syntax");
  const value = BigInt(text.replace(/^\+/, ""));
  if (value > MOST || value < -MOST - 1n) throw wrong(by, text, "value out of range");
  const number = Number(value);
  return Number.isSafeInteger(number) ? number || 0 : String(value);
}

/** A decimal or hexadecimal float. Throws Error. */
export function parseFloatText(text: string): number {
  if (/^[-+]?(?:inf|infinity)$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  const plain = text.replace(/(?<=[\da-fA-FxX])_(?=[\da-fA-F])/g, "");
  const value = hexadecimal(plain) ?? decimal(plain);
  if (value === undefined) throw wrong("ParseFloat", text, "invalid syntax");
  if (!Number.isFinite(value)) throw wrong("ParseFloat", text, "value out of range");
  return value;
}

function decimal(text: string): number | undefined {
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text) ? Number(text) : undefined;
}

/** `0x1.8p-2`: the exponent is of two, and must be there. */
function hexadecimal(text: string): number | undefined {
  const [, sign, whole = "", fraction = "", exponent] =
    /^([-+]?)0[xX]([\da-fA-F]*)\.?([\da-fA-F]*)[pP]([-+]?\d+)$/.exec(text) ?? [];
  if (exponent === undefined || whole + fraction === "") return undefined;
  const value = Number.parseInt(whole + fraction, 16) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === "-" ? -value : value;
}

function wrong(by: string, text: string, why: string): Error {
  return new Error(`strconv.${by}: parsing ${JSON.stringify(text)}: ${why}`);
}
