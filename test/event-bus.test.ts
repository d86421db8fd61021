import { expect, test } from "bun:test";
import { EventBus } from "../src/event-bus.ts";

const now = () => new Date("2026-01-01T00:00:00Z");

test("an event gets an id that orders it and a time", () => {
  const bus = new EventBus("e1", now);
  bus.publish("shop", { type: "stack-added" });
  expect(bus.recent(1)).toEqual([{ type: "stack-added", stack: "shop", id: "e1-1", at: "2026-01-01T00:00:00.000Z" }]);
});

test("a reader that was cut off resumes after the last event it saw", () => {
  const bus = new EventBus("e1", now);
  for (const stack of ["a", "b", "c"]) bus.publish(stack, { type: "stack-added" });
  expect(bus.since("e1-1")?.map((event) => event.stack)).toEqual(["b", "c"]);
});

test("an id of another process start is unknown, so the reader must begin anew", () => {
  const bus = new EventBus("e2", now);
  bus.publish("a", { type: "stack-added" });
  expect(bus.since("e1-1")).toBeNull();
});

test("who unsubscribed hears nothing more", () => {
  const bus = new EventBus("e1", now);
  const heard: string[] = [];
  const end = bus.subscribe((event) => heard.push(event.stack));
  bus.publish("a", { type: "stack-added" });
  end();
  bus.publish("b", { type: "stack-added" });
  expect(heard).toEqual(["a"]);
});

test("only the last thousand events are kept", () => {
  const bus = new EventBus("e1", now);
  for (let index = 0; index < 1_200; index += 1) bus.publish("a", { type: "stack-added" });
  expect(bus.recent(5_000)).toHaveLength(1_000);
  expect(bus.since("e1-100")).toBeNull();
});
