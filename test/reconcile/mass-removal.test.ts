import { expect, test } from "bun:test";
import { believesVanished } from "../../src/reconcile/mass-removal.ts";

test("all of them at once are never believed to be gone, the only one included", () => {
  for (const all of [1, 2, 3, 200]) expect(believesVanished(all, all)).toBe(false);
});

test("one of two may go, and up to half of more", () => {
  expect([believesVanished(1, 2), believesVanished(1, 3), believesVanished(2, 4)]).toEqual([true, true, true]);
  expect([believesVanished(2, 3), believesVanished(3, 5)]).toEqual([false, false]);
});
