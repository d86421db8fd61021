import { expect, test } from "bun:test";
import type { EventBody } from "../../../src/event.ts";
import { eventText } from "../../../views/event/event-text.ts";
import { RUNS } from "../sample.ts";

const told = (body: EventBody) => eventText({ ...body, id: "e-1", at: "2026-11-21T12:00:00Z", stack: "shop" });

test("polls tell whether something is new", () => {
  expect(told({ type: "polled", commit: RUNS, changed: true })).toEqual({
    tone: "busy",
    title: "new commit",
    detail: "9c1f2ab",
  });
  expect(told({ type: "polled", commit: RUNS, changed: false }).title).toBe("polled, nothing new");
  expect(told({ type: "poll-failed", reason: "GitTimeout", message: "no answer" })).toEqual({
    tone: "bad",
    title: "poll failed",
    detail: "no answer",
  });
});

test("operations name what they touch", () => {
  const operation = { kind: "pull-image", image: "nginx:1", platform: null } as const;
  expect(told({ type: "operation", deploymentId: "1", operation, status: "done", durationMs: 4 })).toEqual({
    tone: "good",
    title: "pull nginx:1",
    detail: "",
  });
  expect(told({ type: "operation", deploymentId: "1", operation, status: "failed", durationMs: 4 }).title).toBe(
    "pull nginx:1 failed",
  );
});

test("the tone follows the outcome", () => {
  const tone = (outcome: string) => told({ type: "pass-finished", outcome }).tone;
  expect(["healthy", "in-sync", "failed", "blocked", "rolled-back", "interrupted"].map(tone)).toEqual([
    "good",
    "good",
    "bad",
    "bad",
    "warn",
    "warn",
  ]);
});

test("what an operator decided is told with name and reason, and is no alarm", () => {
  expect(told({ type: "held", kind: "suspended", by: "ada", why: "moving" })).toEqual({
    tone: "rest",
    title: "suspended by ada",
    detail: "moving",
  });
  expect(told({ type: "released", kind: "pinned", by: "ada", why: "" }).title).toBe("no longer pinned");
  expect(told({ type: "pass-finished", outcome: "suspended" }).tone).toBe("rest");
});

test("a notice speaks for itself, and drift is counted", () => {
  const notice = { type: "notice", tone: "bad", key: "k", message: "shop failed", hint: "Look." } as const;
  expect(told(notice)).toEqual({ tone: "bad", title: "shop failed", detail: "Look." });
  expect(told({ type: "drift-found", differences: 1 }).detail).toBe("1 difference");
});
