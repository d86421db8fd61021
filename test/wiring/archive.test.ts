import { expect, test } from "bun:test";
import { ATTEMPTS_KEPT } from "../../src/reconcile/retention.ts";
import { SECRETS_KEPT_DAYS, tidyArchive } from "../../src/wiring/archive.ts";
import { attemptAt, HEALTHY, STACK, StandingClock } from "../store/samples.ts";
import { temporaryStore } from "../store/temporary-store.ts";
import { until } from "../support/waiting.ts";

const DAY_MS = 86_400_000;

/** A store in which `shop` was removed and `blog` was not; both have a secret and a release. */
async function archived() {
  const wall = new StandingClock();
  const rig = await temporaryStore({ now: wall.now });
  const { stacks, variables, history } = rig.store;
  for (const name of ["shop", "blog"]) {
    await stacks.add({ ...STACK, name });
    await variables.set(name, "TOKEN", "hunter2", { secret: true, by: "ada" });
    await history.finish((await history.begin(attemptAt("a1", { stack: name }))).id, HEALTHY);
  }
  await stacks.remove("shop");
  const tidy = async (store: Parameters<typeof tidyArchive>[0]["store"] = rig.store) => {
    let slept = 0;
    const sleep = async (_: number, signal: AbortSignal) => {
      slept += 1;
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    };
    const clock = { now: wall.now, monotonic: () => 0, random: () => 0, sleep };
    const tidying = tidyArchive({ store, clock, log: () => undefined });
    await until("it rests until tomorrow", () => slept === 1);
    await tidying.stop();
  };
  return { ...rig, wall, tidy };
}

async function kept(rig: Awaited<ReturnType<typeof archived>>) {
  const { variables, history } = rig.store;
  return [(await variables.variablesOf("shop")).values, (await history.releasedProject("1")) !== null];
}

test("a removed stack that comes back within the month has its secrets again", async () => {
  await using rig = await archived();
  rig.wall.advance((SECRETS_KEPT_DAYS - 1) * DAY_MS);
  await rig.tidy();
  await rig.store.stacks.add(STACK);
  expect(await kept(rig)).toEqual([{ TOKEN: "hunter2" }, true]);
});

test("after that its variables and models are forgotten, its history is not, and others keep theirs", async () => {
  await using rig = await archived();
  rig.wall.advance((SECRETS_KEPT_DAYS + 1) * DAY_MS);
  await rig.tidy();
  await rig.tidy();
  expect(await rig.store.audit.list(9)).toMatchObject([
    { who: "tallyman", what: "secrets of a removed stack forgotten", subject: "shop" },
  ]);
  expect((await rig.store.variables.variablesOf("blog")).values).toEqual({ TOKEN: "hunter2" });
  expect(await rig.store.history.releasedProject("2")).not.toBeNull();
  await rig.store.stacks.add(STACK);
  expect(await kept(rig)).toEqual([{}, false]);
  expect(await rig.store.history.list("shop", 9)).toMatchObject([{ id: "1", status: "healthy" }]);
});

test("of every stack no more than the newest attempts are kept, whatever became of them", async () => {
  await using rig = await archived();
  const asked: string[] = [];
  const history = { forgetOld: async (stack: string, keep: number) => void asked.push(`${stack} ${keep}`) };
  await rig.tidy({ ...rig.store, history });
  expect(asked).toEqual([`blog ${ATTEMPTS_KEPT}`]);
});
