import type { StackEvent } from "../event.ts";

const SHOWN = 200;

/** How far back the page of events looks. */
export const READ_EVENTS = 1_000;

/**
 * What a person wants to read of these events (oldest first), newest first: without the progress of pulls, without the beginning of
 * operations whose end follows, and of the polls that found nothing only each stack's last.
 */
export function latestEvents(events: readonly StackEvent[]): readonly StackEvent[] {
  const idlePolls = new Set<string>();
  return events
    .toReversed()
    .filter((event) => {
      if (event.type === "pull-progress" || event.type === "build-progress") return false;
      if (event.type === "operation") return event.status !== "running";
      if (event.type !== "polled" || event.changed) return true;
      const first = !idlePolls.has(event.stack);
      idlePolls.add(event.stack);
      return first;
    })
    .slice(0, SHOWN);
}
