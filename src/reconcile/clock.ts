/** Time as an argument: flow code never asks the machine itself. */
export interface Clock {
  now(): Date;
  /** Milliseconds that only go forward, whatever happens to the wall clock. */
  monotonic(): number;
  /** Resolves after `milliseconds`, or at once when the signal aborts; never rejects. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** 0 ≤ x < 1, for jitter. */
  random(): number;
}
