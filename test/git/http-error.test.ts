import { expect, test } from "bun:test";
import { parseRetryAfter } from "../../src/git/http-error.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");

test.each([
  ["120", 120_000],
  ["0", 0],
  ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
  ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
  ["999999999", 86_400_000],
  ["soon", undefined],
  ["", undefined],
  [null, undefined],
])("Retry-After %p is %p ms", (text, expected) => {
  expect(parseRetryAfter(text, NOW)).toBe(expected);
});
