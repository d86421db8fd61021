import { setTimeout } from "node:timers/promises";
import type { Piece } from "../../views/page-context.ts";
import type { StackEvent } from "../event.ts";
import type { EventBus } from "../event-bus.ts";
import type { StreamEvent } from "./event-stream.ts";

/** At most four updates a second. */
const PACE_MS = 250;
/** Without any event: so that what counts time stays right. */
const REFRESH_MS = 15_000;

/**
 * The pieces of one page as they change, as htmx partials: all of them first, then after every event that concerns the page those that
 * differ from what was sent. A slow reader skips states in between; nothing piles up for it. `pieces` is told when the last change
 * happened (`performance.now()`), so that it shows nothing older.
 */
export async function* livePartials(
  bus: EventBus,
  concerns: (event: StackEvent) => boolean,
  pieces: (changedAt: number) => Promise<readonly Piece[]>,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  const sent = new Map<string, string>();
  const news = newsOf(bus, concerns, signal);
  while (!signal.aborted) {
    const began = performance.now();
    const changed = (await pieces(news.at())).filter((piece) => sent.get(piece.target) !== piece.html);
    for (const piece of changed) sent.set(piece.target, piece.html);
    if (changed.length > 0) yield { data: changed.map(partial).join("\n") };
    await news.next();
    await setTimeout(Math.max(0, began + PACE_MS - performance.now()), undefined, { signal }).catch(() => undefined);
  }
}

export function partial(piece: Piece): string {
  return `<hx-partial hx-target="${piece.target}" hx-swap="outerMorph">${piece.html}</hx-partial>`;
}

/** Remembers one thing only: whether something happened since it was last asked. */
function newsOf(bus: EventBus, concerns: (event: StackEvent) => boolean, signal: AbortSignal) {
  let happened = false;
  let at = 0;
  let wake = () => {};
  const unsubscribe = bus.subscribe((event) => {
    if (!concerns(event)) return;
    happened = true;
    at = performance.now();
    wake();
  });
  signal.addEventListener(
    "abort",
    () => {
      unsubscribe();
      wake();
    },
    { once: true },
  );
  return {
    at: () => at,
    async next(): Promise<void> {
      if (!happened && !signal.aborted)
        await new Promise<void>((resolve) => {
          const timer = globalThis.setTimeout(resolve, REFRESH_MS);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      happened = false;
    },
  };
}
