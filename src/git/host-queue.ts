import { TallymanError } from "../error.ts";

/**
 * Lets only `limit` pieces of work at a time ask one host, first come, first served, so that many stacks on one forge do not look like an
 * attack. Who gives up while waiting hears of it at once, with Interrupted.
 */
export function createHostQueue(
  limit: number,
): <T>(host: string, signal: AbortSignal, work: () => Promise<T>) => Promise<T> {
  const hosts = new Map<string, { running: number; readonly waiting: Set<() => void> }>();
  return async (host, signal, work) => {
    const queue = hosts.get(host) ?? { running: 0, waiting: new Set() };
    hosts.set(host, queue);
    if (queue.running >= limit) await turn(queue.waiting, host, signal);
    else queue.running += 1;
    try {
      return await work();
    } finally {
      // The place is handed on to the next; only without one does it become free.
      const next = queue.waiting.values().next().value;
      if (next) next();
      else queue.running -= 1;
      if (queue.running === 0) hosts.delete(host);
    }
  };
}

function turn(waiting: Set<() => void>, host: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      waiting.delete(enter);
      signal.removeEventListener("abort", giveUp);
    };
    const enter = () => {
      leave();
      resolve();
    };
    const giveUp = () => {
      leave();
      reject(new TallymanError("Interrupted", `waiting to ask ${host} was stopped`));
    };
    if (signal.aborted) return giveUp();
    waiting.add(enter);
    signal.addEventListener("abort", giveUp);
  });
}
