import { TallymanError } from "../error.ts";
import type { StackEvent } from "../event.ts";
import type { Client } from "./client.ts";
import { pause } from "./pause.ts";
import { eventStreamMessages } from "./server-sent-events.ts";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/**
 * The daemon's events as they happen, until the signal aborts. A cut connection is taken up again where it ended; only a first
 * connection that fails throws. `onCut` hears of every outage once.
 */
export async function* followEvents(
  client: Client,
  signal: AbortSignal,
  onCut: () => void = () => {},
): AsyncIterable<StackEvent> {
  let lastId: string | null = null;
  let connectedOnce = false;
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    const headers: Record<string, string> = {
      accept: "text/event-stream",
      ...(lastId === null ? {} : { "last-event-id": lastId }),
    };
    try {
      for await (const message of eventStreamMessages(client.stream("/events?follow=1", { headers, signal }))) {
        connectedOnce = true;
        pauseMs = FIRST_PAUSE_MS;
        if (message.id !== "") lastId = message.id;
        const event = parseEvent(message.data);
        if (event !== null) yield event;
      }
      connectedOnce = true;
    } catch (thrown) {
      if (signal.aborted) return;
      if (!(thrown instanceof TallymanError) || thrown.reason !== "DaemonUnreachable" || !connectedOnce) throw thrown;
      if (pauseMs === FIRST_PAUSE_MS) onCut();
    }
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** Null for messages that are no events: the snapshot with which a page begins. */
function parseEvent(data: string): StackEvent | null {
  try {
    const value: unknown = JSON.parse(data);
    const isEvent = typeof value === "object" && value !== null && "type" in value && "stack" in value;
    return isEvent ? (value as StackEvent) : null;
  } catch {
    return null;
  }
}
