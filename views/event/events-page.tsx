import type { StackEvent } from "../../src/event.ts";
import { Fragment, h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import type { PageContext, Piece } from "../page-context.ts";
import { routes } from "../routes.ts";
import { eventMark } from "../state.tsx";
import { exactTime } from "../time-text.ts";
import { eventText } from "./event-text.ts";

export interface EventsView {
  /** Newest first. */
  readonly events: readonly StackEvent[];
  readonly live: string;
}

export function eventsPage(context: PageContext, { events, live }: EventsView): Markup {
  const children = (
    <>
      <div class="head">
        <div>
          <h1>Events</h1>
          <p class="quiet">What happened on this host since Tallyman started, newest first. Times are in UTC.</p>
        </div>
      </div>
      {eventList(context, events)}
    </>
  );
  return layout(context, { title: "Events", section: "events", live, children });
}

export function eventsPieces(context: PageContext, { events }: Pick<EventsView, "events">): readonly Piece[] {
  return [{ target: "#events", html: eventList(context, events).toString() }];
}

function eventList({ now }: PageContext, events: readonly StackEvent[]): Markup {
  if (events.length === 0)
    return (
      <section id="events" class="sheet empty">
        <h2>Nothing happened yet</h2>
        <p>Polls, plans, operations and verdicts appear here as they come.</p>
      </section>
    );
  return (
    <ol id="events" class="sheet rows">
      {events.map((event, index) => {
        const newer = events[index - 1]?.at ?? now.toISOString();
        return [dayOf(event.at) === dayOf(newer) ? null : dayRow(dayOf(event.at)), eventRow(event)];
      })}
    </ol>
  );
}

function dayOf(at: string): string {
  return at.slice(0, 10);
}

/** Where the list passes into another day than the one before; today needs none. */
function dayRow(day: string): Markup {
  return (
    <li class="row day num" id={`day-${day}`}>
      <time datetime={day}>{day}</time>
    </li>
  );
}

function eventRow(event: StackEvent): Markup {
  const { tone, title, detail } = eventText(event);
  return (
    <li class="row eventrow" id={`event-${event.id}`}>
      <time class="faint num" datetime={event.at} title={exactTime(event.at)}>
        {event.at.slice(11, 19)}
      </time>
      {event.stack === "" ? (
        <span />
      ) : (
        <a class="cut" href={event.type === "stack-removed" ? routes.overview : routes.stack(event.stack)}>
          {event.stack}
        </a>
      )}
      {event.type === "deployment" ? (
        <a href={routes.deployment(event.deploymentId)}>{eventMark(tone, title)}</a>
      ) : (
        eventMark(tone, title)
      )}
      <span class="quiet cut" title={detail}>
        {detail}
      </span>
    </li>
  );
}
