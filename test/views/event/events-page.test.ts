import { expect, test } from "bun:test";
import { eventsPage, eventsPieces } from "../../../views/event/events-page.tsx";
import { before, CONTEXT } from "../sample.ts";

const events = [{ type: "stack-removed", id: "e-1", at: before(1), stack: "old" }] as const;

test("the page holds the very list that the live stream sends", () => {
  const [piece] = eventsPieces(CONTEXT, { events });
  expect(piece?.target).toBe("#events");
  expect(eventsPage(CONTEXT, { events, live: "/live" }).toString()).toContain(piece?.html ?? "missing");
});

test("a stack that is gone is not linked", () => {
  expect(eventsPieces(CONTEXT, { events })[0]?.html).not.toContain("/stacks/old");
});

test("before the first event it says what will come", () => {
  expect(eventsPieces(CONTEXT, { events: [] })[0]?.html).toContain("Nothing happened yet");
});

test("the list names each day that is not today", () => {
  const many = [1, 40_000, 90_000, 91_000].map((seconds, index) => ({
    ...events[0],
    id: `e-${index}`,
    at: before(seconds),
  }));
  const days = eventsPieces(CONTEXT, { events: many })[0]?.html.match(/<time datetime="[\d-]+">/g);
  expect(days).toEqual([`<time datetime="2026-11-20">`]);
});
