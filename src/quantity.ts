import { TallymanError } from "./error.ts";

const NANOSECONDS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};

/**
 * A Compose duration (`1m30s`, `1.5h`, `2d`) in nanoseconds. Grammar: Go's time.ParseDuration plus `d` and `w`.
 * Throws InvalidInput for anything else, a bare number included.
 */
export function parseDuration(text: string): bigint {
  const [, sign, rest = ""] = /^([-+]?)(.*)$/s.exec(text.trim()) ?? [];
  if (rest === "0") return 0n;
  const total = rest === "" ? undefined : sumOf(rest, text);
  if (total === undefined) throw noDuration(`invalid duration ${JSON.stringify(text)}`);
  return sign === "-" ? -total : total;
}

/** The sum of `1h`, `30m`, …; undefined where no number stands. */
function sumOf(parts: string, text: string): bigint | undefined {
  let total = 0n;
  for (let rest = parts; rest !== ""; ) {
    const [, number, unit = ""] = /^(\d+\.?\d*|\.\d+)([^\d.]*)/.exec(rest) ?? [];
    if (number === undefined) return undefined;
    const scale = NANOSECONDS[unit];
    if (unit === "")
      throw noDuration(`missing unit in duration ${JSON.stringify(text)}`, `Write ${text}s, ${text}m or ${text}h.`);
    if (scale === undefined)
      throw noDuration(`unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
    const [whole = "", fraction = ""] = number.split(".");
    total += BigInt(whole || "0") * scale;
    if (fraction) total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    rest = rest.slice(number.length + unit.length);
  }
  return total;
}

function noDuration(message: string, hint = "Write it like 30s, 1m30s or 1.5h."): TallymanError {
  return new TallymanError("InvalidInput", message, { hint });
}

/** The same as `parseDuration`, in whole milliseconds: what timers take. */
export function durationMs(text: string): number {
  return Number(parseDuration(text) / 1_000_000n);
}

/** Renders nanoseconds as Go's time.Duration.String does: `1m30s`, `1h0m0s`, `500ms`, `1.5s`, `0s`. */
export function showDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return "0s";
  const sign = nanoseconds < 0n ? "-" : "";
  const rest = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (rest < 1_000n) return `${sign}${rest}ns`;
  if (rest < 1_000_000n) return `${sign}${decimal(rest, 3)}µs`;
  if (rest < 1_000_000_000n) return `${sign}${decimal(rest, 6)}ms`;
  const hours = rest / 3_600_000_000_000n;
  const minutes = (rest / 60_000_000_000n) % 60n;
  const seconds = decimal(rest % 60_000_000_000n, 9);
  return `${sign}${hours > 0n ? `${hours}h` : ""}${hours > 0n || minutes > 0n ? `${minutes}m` : ""}${seconds}s`;
}

function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  return digits.slice(0, -places) + (fraction ? `.${fraction}` : "");
}

const BYTES: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 };

/**
 * A Compose byte size (`512m`, `1.5gb`, `100`) in bytes; every unit is binary. Throws InvalidInput. Source: docker/go-units RAMInBytes.
 */
export function parseBytes(text: string): number {
  const [, number, unit = ""] = /^(.*[\d. ])([^\d. ]*)$/s.exec(text) ?? [];
  const digits = number?.replace(/ $/, "") ?? "";
  if (number === undefined || digits.startsWith("-")) throw noSize(`invalid size: '${text}'`);
  if (!/^\+?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(digits))
    throw noSize(`strconv.ParseFloat: parsing ${JSON.stringify(digits)}: invalid syntax`);
  if (!/^(?:b|[kmgtp](?:i?b)?)?$/i.test(unit)) throw noSize(`invalid suffix: '${unit.toLowerCase()}'`);
  return Math.floor(Number(digits) * (BYTES[(unit[0] ?? "b").toLowerCase()] ?? 1));
}

function noSize(message: string): TallymanError {
  return new TallymanError("InvalidInput", message, { hint: "Write it like 512m, 1g or a number of bytes." });
}
