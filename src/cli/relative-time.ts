const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
];

/** `12 s ago`, `3 min ago`, `2 d ago`; `just now` below a second; `never` for null. `at` is RFC 3339. */
export function relativeTime(at: string | null, now: Date): string {
  if (at === null) return "never";
  const elapsed = now.getTime() - Date.parse(at);
  for (const [name, ms] of UNITS) {
    if (elapsed >= ms) return `${Math.floor(elapsed / ms)} ${name} ago`;
  }
  return "just now";
}

/** Milliseconds for a person: `340 ms`, `4.2 s`, `2 min 5 s`; `–` for null. */
export function showMilliseconds(ms: number | null): string {
  if (ms === null) return "–";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}
