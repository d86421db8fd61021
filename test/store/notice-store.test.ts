import { expect, test } from "bun:test";
import { openStore } from "../../src/store/store.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { STACK, StandingClock } from "./samples.ts";
import { temporaryStore } from "./temporary-store.ts";

const HOUR = 3_600_000;

async function stack() {
  const clock = new StandingClock();
  const temporary = await temporaryStore();
  await temporary.store.stacks.add(STACK);
  await temporary.store.stacks.add({ ...STACK, name: "blog" });
  const tell = (key: string, name = "shop") => temporary.store.notices.tellAgain(name, key, clock.now(), HOUR);
  return { ...temporary, clock, notices: temporary.store.notices, tell };
}

test("one cause is told once, and again each hour that it lasts", async () => {
  await using rig = await stack();
  const told: number[] = [];
  for (let minute = 0; minute <= 180; minute++) {
    if (await rig.tell("failed 7")) told.push(minute);
    rig.clock.advance(60_000);
  }
  expect(told).toEqual([0, 60, 120, 180]);
});

test("another cause and another stack are told at once", async () => {
  await using rig = await stack();
  expect(await rig.tell("failed 7")).toBe(true);
  expect(await rig.tell("drift")).toBe(true);
  expect(await rig.tell("failed 7", "blog")).toBe(true);
  expect(await rig.tell("drift")).toBe(false);
  expect(await rig.tell("failed 7", "none")).toBe(false);
});

test("of two who ask at once one is told to speak", async () => {
  await using rig = await stack();
  const answers = await Promise.all([1, 2, 3].map(() => rig.tell("failed 7")));
  expect(answers.filter(Boolean)).toEqual([true]);
});

test("when all is well, it is told whether there was anything to take back", async () => {
  await using rig = await stack();
  expect(await rig.notices.clear("shop")).toBe(false);
  await rig.tell("failed 7");
  rig.clock.advance(2 * HOUR);
  await rig.tell("failed 8");
  await rig.tell("failed 8", "blog");
  expect(await rig.notices.clear("shop")).toBe(true);
  expect(await rig.notices.clear("shop")).toBe(false);
  expect(await rig.tell("failed 8")).toBe(true);
  expect(await rig.tell("failed 8", "blog")).toBe(false);
});

test("a clock that was set back does not keep it silent", async () => {
  await using rig = await stack();
  await rig.tell("failed 7");
  rig.clock.advance(-24 * HOUR);
  expect(await rig.tell("failed 7")).toBe(true);
  expect(await rig.tell("failed 7")).toBe(false);
});

test("what was told stays told over a restart, and goes with its stack", async () => {
  using directory = temporaryDirectory("store");
  const now = new Date("2026-11-21T10:00:00Z");
  const first = await openStore({ root: directory.path });
  await first.stacks.add(STACK);
  expect(await first.notices.tellAgain("shop", "failed 7", now, HOUR)).toBe(true);
  await first.close();
  const second = await openStore({ root: directory.path });
  expect(await second.notices.tellAgain("shop", "failed 7", now, HOUR)).toBe(false);
  await second.stacks.remove("shop");
  await second.stacks.add(STACK);
  expect(await second.notices.tellAgain("shop", "failed 7", now, HOUR)).toBe(true);
  await second.close();
});
