import { TallymanError } from "../error.ts";

/**
 * Runs `work` until it ends, the deadline passes (EngineTimeout) or `signal` aborts (Interrupted). docker-modem never settles when
 * the connection is cut in the middle of a body, so no Engine call may be awaited without this.
 */
export async function within<T>(
  ms: number,
  what: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw interrupted(what);
  const inner = new AbortController();
  const ended = Promise.withResolvers<never>();
  const timer = setTimeout(() => ended.reject(late(what, ms)), ms);
  const onAbort = () => ended.reject(interrupted(what));
  signal.addEventListener("abort", onAbort, { once: true });
  const running = work(inner.signal);
  running.catch(() => {});
  try {
    return await Promise.race([running, ended.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    inner.abort();
  }
}

/** Waits `ms`, or throws Interrupted when `signal` aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, ms);
  const onAbort = () => over.reject(interrupted("wait"));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    if (signal.aborted) throw interrupted("wait");
    await over.promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

/** What a wait ends with when its signal aborts. */
export function interrupted(what: string): TallymanError {
  return new TallymanError("Interrupted", `${what}: cancelled.`, { hint: "It will be tried again in the next pass." });
}

function late(what: string, ms: number): TallymanError {
  return new TallymanError("EngineTimeout", `${what}: the Docker Engine gave no answer within ${ms / 1000} s.`, {
    hint: "See whether the Engine is overloaded or hanging: `docker info`, and its log.",
  });
}
