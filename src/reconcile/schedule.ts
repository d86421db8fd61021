const LONGEST_MS = 15 * 60_000;
const RETRY_MS = 10_000;
const DENIED_MS = 60_000;
const JITTER = 0.1;

export interface Rhythm {
  readonly intervalMs: number;
  /** Failures in a row; 0 after a good pass. */
  readonly failures: number;
  /** Whether the remote could not be asked, something after it failed, or somebody has to let us in first. */
  readonly failedAt: "probe" | "deploy" | "denied";
  /** What the other side asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** 0 ≤ random < 1. */
  readonly random: number;
}

/**
 * Milliseconds until a stack's next pass: its interval ±10 %, doubled for each failed probe; a failed deployment that may heal by
 * itself is tried again after 10 s, what was denied after a minute, doubled each time. Never beyond 15 minutes, and never before
 * Retry-After.
 */
export function nextDelayMs({ intervalMs, failures, failedAt, retryAfterMs, random }: Rhythm): number {
  const jitter = 1 + JITTER * (2 * random - 1);
  if (failures === 0) return intervalMs * jitter;
  const base = failedAt === "probe" ? 2 * intervalMs : failedAt === "denied" ? DENIED_MS : RETRY_MS;
  const longest = Math.max(LONGEST_MS, intervalMs);
  return Math.max(Math.min(base * 2 ** (failures - 1), longest) * jitter, retryAfterMs ?? 0);
}
