import { expect, test } from "bun:test";
import { age, ago, duration, exactTime, interval } from "../../views/time-text.ts";
import { before, NOW } from "./sample.ts";

test.each([
  [2, "just now"],
  [8, "8 s ago"],
  [200, "3 min ago"],
  [7_300, "2 h ago"],
  [6 * 86_400, "6 d ago"],
  [21 * 86_400, "3 w ago"],
  [400 * 86_400, "2025-10-17"],
  [-90, "just now"],
])("%p seconds before are %p", (seconds, text) => {
  expect(ago(NOW, before(seconds))).toBe(text);
});

test("what is no time is not shown as one", () => {
  expect(age(NOW, "x")).toBe("at an unknown time");
  expect(exactTime("x")).toBe("x");
});

test.each([
  [640, "0.6 s"],
  [14_200, "14.2 s"],
  [125_000, "2 min 5 s"],
  [3_780_000, "1 h 3 min"],
])("%p ms last %p", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test("intervals are round", () => {
  expect([5_000, 60_000, 300_000, 7_200_000].map(interval)).toEqual(["5 s", "60 s", "5 min", "2 h"]);
});
