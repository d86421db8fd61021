import { expect, test } from "bun:test";
import { engineTime } from "../../src/docker/logs.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");

test.each([
  ["1700000000", "1700000000"],
  ["1700000000.5", "1700000000.5"],
  ["2026-01-01T00:00:00.123456789Z", `${NOW / 1000}.123456789`],
  ["2026-01-01T01:00:00+01:00", `${NOW / 1000}.000`],
  ["10m", `${NOW / 1000 - 600}.000`],
] as const)("since %s is told to the Engine in seconds", (since, expected) => {
  expect(engineTime(since, NOW)).toBe(expected);
});

test("what is no time is refused", () => {
  expect(() => engineTime("yesterday", NOW)).toThrow();
  expect(() => engineTime("2026-99-01T00:00:00Z", NOW)).toThrow('"2026-99-01T00:00:00Z" is no time.');
});
