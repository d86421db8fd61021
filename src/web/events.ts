import { Elysia } from "elysia";
import { eventsPage } from "../../views/event/events-page.tsx";
import type { StackEvent } from "../event.ts";
import { callerOf } from "./caller.ts";
import { eventFeed } from "./event-feed.ts";
import { eventStream, type StreamEvent } from "./event-stream.ts";
import { latestEvents, READ_EVENTS } from "./latest-events.ts";
import { liveAddress } from "./live.ts";
import { describeRoute } from "./openapi.ts";
import { page } from "./page.ts";
import { pageFrame } from "./page-frame.ts";
import { countIn, flagIn } from "./query.ts";
import { streamLifetime, type Web } from "./web-context.ts";

const EVENT_QUERY = {
  limit: "how many, the newest; 100 unless said",
  follow: "true (or Accept: text/event-stream): a snapshot, then every event; resumes after Last-Event-ID",
};

/** `/events` for people. `/api/v1/events`: the latest as JSON, or with `follow` (or `Accept: text/event-stream`) all that come, as server-sent events. */
export function events(web: Web) {
  return new Elysia()
    .get("/events", async ({ request }) => {
      const frame = await pageFrame(web, callerOf(request));
      return page(eventsPage(frame, { events: latestEvents(web.bus.recent(READ_EVENTS)), live: liveAddress.events }));
    })
    .get(
      "/api/v1/events",
      ({ request, query }) => {
        const follows =
          flagIn("follow", query["follow"]) || request.headers.get("accept")?.includes("text/event-stream");
        if (!follows) return Response.json(web.bus.recent(countIn("limit", query["limit"], 100, 1_000)));
        const lifetime = streamLifetime(web, request, callerOf(request));
        return eventStream(eventsFor(web, request.headers.get("last-event-id"), lifetime.signal), lifetime);
      },
      describeRoute("What happened lately, or as server-sent events what happens from now on", 200, EVENT_QUERY),
    );
}

/**
 * Goes on after `lastEventId` when that is still known; otherwise begins with a `snapshot` event that holds every stack's state. The
 * feed opens before the snapshot is taken, so that nothing falls between.
 */
export async function* eventsFor(
  web: Pick<Web, "bus" | "reconciler">,
  lastEventId: string | null,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  const feed = eventFeed(web.bus, signal);
  const missed = lastEventId === null ? null : web.bus.since(lastEventId);
  if (missed === null) yield await snapshot(web);
  else yield* missed.map(streamed);
  for await (const event of feed) yield event === null ? await snapshot(web) : streamed(event);
}

/** Bears the id of the newest event that it may already contain; those that follow it are told again, which does no harm. */
async function snapshot(web: Pick<Web, "bus" | "reconciler">): Promise<StreamEvent> {
  const newest = web.bus.recent(1)[0];
  const data = JSON.stringify(await web.reconciler.statuses());
  return newest ? { id: newest.id, event: "snapshot", data } : { event: "snapshot", data };
}

function streamed(event: StackEvent): StreamEvent {
  return { id: event.id, data: JSON.stringify(event) };
}
