const SECOND = 1_000_000_000;

/** A container's healthcheck as the Engine tells it: nanoseconds, and 0 or nothing for what was not set. */
export interface Checked {
  readonly Config: {
    readonly Healthcheck?: {
      readonly Interval?: number;
      readonly Timeout?: number;
      readonly Retries?: number;
      readonly StartPeriod?: number;
    };
  };
}

/**
 * How long a container may take to become healthy, in milliseconds: start period + interval × (retries + 1) + timeout + 30 s, with the
 * Engine's defaults (30 s, 30 s, 3) for what isn't set. Source: deploys.md, "The gate".
 */
export function healthDeadlineMs({ Config }: Checked): number {
  const check = Config.Healthcheck ?? {};
  const interval = check.Interval || 30 * SECOND;
  const total = (check.StartPeriod ?? 0) + interval * ((check.Retries || 3) + 1) + (check.Timeout || 30 * SECOND);
  return total / 1e6 + 30_000;
}
