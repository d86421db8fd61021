import type { StackEvent } from "../event.ts";
import type { EventBus } from "../event-bus.ts";

const MOST_WAITING = 1_000;

/**
 * Events from this very moment on, until the signal aborts. A reader so slow that a thousand wait for it gets `null` in their place: it
 * missed some and must look at the whole again.
 */
export function eventFeed(bus: EventBus, signal: AbortSignal): AsyncIterable<StackEvent | null> {
  let waiting: (StackEvent | null)[] = [];
  let wake = () => {};
  const unsubscribe = bus.subscribe((event) => {
    if (waiting.length >= MOST_WAITING) waiting = [null];
    waiting.push(event);
    wake();
  });
  const stop = () => {
    unsubscribe();
    wake();
  };
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  return (async function* () {
    while (!signal.aborted) {
      const batch = waiting;
      waiting = [];
      yield* batch;
      if (waiting.length > 0 || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  })();
}
