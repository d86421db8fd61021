export interface GitLimits {
  readonly probeDeadlineMs: number;
  /** Probes of one host at the same time; more wait for their turn. */
  readonly probesPerHost: number;
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
  fetchDeadlineMs: 300_000,
  checkoutDeadlineMs: 120_000,
  maxBytes: 2 * 1024 * 1024 * 1024,
  maxFiles: 100_000,
};
