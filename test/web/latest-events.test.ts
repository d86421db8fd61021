import { expect, test } from "bun:test";
import type { EventBody } from "../../src/event.ts";
import { EventBus } from "../../src/event-bus.ts";
import { latestEvents } from "../../src/web/latest-events.ts";

function told(...bodies: readonly (readonly [string, EventBody])[]): readonly string[] {
  const bus = new EventBus("e", () => new Date(0));
  for (const [stackName, body] of bodies) bus.publish(stackName, body);
  return latestEvents(bus.recent(1_000)).map((event) => event.id);
}

const operation = { kind: "create-network", networkKey: "default", name: "shop_default" } as const;

test("events are told newest first, at most two hundred of them", () => {
  const many = Array.from({ length: 300 }, () => ["shop", { type: "containers-changed" }] as const);
  const ids = told(...many);
  expect([ids.length, ids[0], ids.at(-1)]).toEqual([200, "e-300", "e-101"]);
});

test("progress is left out: pulls under way and operations that only began", () => {
  const ids = told(
    ["shop", { type: "pull-progress", image: "nginx", text: "1 %" }],
    ["shop", { type: "operation", deploymentId: "1", operation, status: "running", durationMs: 0 }],
    ["shop", { type: "operation", deploymentId: "1", operation, status: "done", durationMs: 5 }],
  );
  expect(ids).toEqual(["e-3"]);
});

test("of the polls that found nothing only each stack's last is told", () => {
  const idle = { type: "polled", commit: "a", changed: false } as const;
  const news = { type: "polled", commit: "b", changed: true } as const;
  expect(told(["shop", idle], ["shop", news], ["blog", idle], ["shop", idle], ["shop", idle])).toEqual([
    "e-5",
    "e-3",
    "e-2",
  ]);
});
