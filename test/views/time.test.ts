import { expect, test } from "bun:test";
import { timeAge, timeAgo } from "../../views/time.tsx";
import { before, NOW } from "./sample.ts";

test("the exact time is on hover and for machines", () => {
  expect(timeAgo(NOW, before(8)).toString()).toBe(
    `<time class="num nowrap" datetime="2026-11-21T12:42:52.000Z" title="2026-11-21 12:42:52 UTC">8 s ago</time>`,
  );
  expect(timeAge(NOW, before(8)).toString()).toEndWith(">8 s</time>");
});
