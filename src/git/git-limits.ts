export interface GitLimits {
  readonly probeDeadlineMs: number;
  /** Probes of one host at the same time; more wait for their turn. */
  readonly probesPerHost: number;
  /** Stacks of one host that may fetch or check out at the same time. */
  readonly fetchesPerHost: number;
  readonly fetchDeadlineMs: number;
  readonly checkoutDeadlineMs: number;
  /** Of the mirror, and of one checkout. */
  readonly maxBytes: number;
  readonly maxFiles: number;
}

/** What a repository and its server get at most. */
export const GIT_LIMITS: GitLimits = {
  probeDeadlineMs: 20_000,
  probesPerHost: 4,
  fetchesPerHost: 2,
  fetchDeadlineMs: 300_000,
  checkoutDeadlineMs: 120_000,
  maxBytes: 2 * 1024 * 1024 * 1024,
  maxFiles: 100_000,
};
