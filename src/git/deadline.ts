import { TallymanError } from "../error.ts";

/**
 * Runs `work` under the caller's signal and a deadline, and settles at once when either ends it, whatever `work` does then.
 * Throws GitTimeout at the deadline and Interrupted when the caller gave up.
 */
export async function withDeadline<T>(
  what: string,
  deadlineMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const ended = Promise.withResolvers<never>();
  const end = (error: TallymanError) => {
    ended.reject(error);
    controller.abort(error);
  };
  const onAbort = () => end(new TallymanError("Interrupted", `${what} was stopped`));
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort);
  const timer = setTimeout(() => end(tooSlow(what, deadlineMs)), deadlineMs);
  const working = work(controller.signal);
  working.catch(() => {});
  ended.promise.catch(() => {});
  try {
    return await Promise.race([ended.promise, working]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    controller.abort();
  }
}

function tooSlow(what: string, deadlineMs: number): TallymanError {
  return new TallymanError("GitTimeout", `${what} took longer than ${Math.round(deadlineMs / 100) / 10} s`, {
    hint: "Check that the Git server is up and reachable from this host; it is tried again at the next poll.",
  });
}
