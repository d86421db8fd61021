/** Time as an argument: flow code never asks the machine itself. */
export interface Clock {
  readonly now: () => Date;
  /** Milliseconds that only go forward, whatever happens to the wall clock. */
  readonly monotonic: () => number;
  /** Resolves after `milliseconds`, or at once when the signal aborts; never rejects. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
}
