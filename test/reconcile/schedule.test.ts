import { expect, test } from "bun:test";
import { nextDelayMs } from "../../src/reconcile/schedule.ts";

const calm = { intervalMs: 60_000, failures: 0, failedAt: "probe", retryAfterMs: undefined, random: 0.5 } as const;

test("a good poll is followed by the next one after the interval, ten percent sooner or later", () => {
  expect(nextDelayMs(calm)).toBe(60_000);
  expect(nextDelayMs({ ...calm, random: 0 })).toBe(54_000);
  expect(nextDelayMs({ ...calm, random: 1 })).toBeCloseTo(66_000);
});

test("each failed poll doubles the wait, up to a quarter of an hour", () => {
  expect([1, 2, 3, 4, 9].map((failures) => nextDelayMs({ ...calm, failures }))).toEqual([
    120_000, 240_000, 480_000, 900_000, 900_000,
  ]);
});

test("a deployment that may heal is tried again after ten seconds, doubled each time", () => {
  const delays = [1, 2, 3, 20].map((failures) => nextDelayMs({ ...calm, failures, failedAt: "deploy" }));
  expect(delays).toEqual([10_000, 20_000, 40_000, 900_000]);
});

test("what was denied is tried again slowly", () => {
  const delays = [1, 2, 5].map((failures) => nextDelayMs({ ...calm, failures, failedAt: "denied" }));
  expect(delays).toEqual([60_000, 120_000, 900_000]);
});

test("nobody is asked again before the time it named", () => {
  expect(nextDelayMs({ ...calm, failures: 1, retryAfterMs: 3_600_000 })).toBe(3_600_000);
});
