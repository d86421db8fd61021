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
  const match = /^([-+]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d|w))+|0)$/.exec(text.trim());
  if (!match)
    throw new TallymanError("InvalidInput", `invalid duration "${text}"`, {
      hint: "Write it like 30s, 1m30s or 1.5h.",
    });
  let total = 0n;
  for (const [, number = "0", unit = "s"] of (match[2] ?? "").matchAll(
    /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w)/g,
  )) {
    const [whole = "0", fraction = ""] = number.split(".");
    const scale = NANOSECONDS[unit] ?? 0n;
    total += BigInt(whole || "0") * scale;
    if (fraction) total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  return match[1] === "-" ? -total : total;
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

/** A Compose byte size (`512m`, `1.5gb`, `100`) in bytes; every unit is binary. Throws InvalidInput. Source: docker/go-units RAMInBytes. */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+) ?(?:([kmgtp])i?b?|b)?$/i.exec(text.trim());
  if (!match)
    throw new TallymanError("InvalidInput", `invalid size: '${text}'`, {
      hint: "Write it like 512m, 1g or a number of bytes.",
    });
  return Math.floor(Number(match[1]) * (BYTES[(match[2] ?? "b").toLowerCase()] ?? 1));
}
