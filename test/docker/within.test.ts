import { expect, test } from "bun:test";
import { inParallel } from "../../src/docker/in-parallel.ts";
import { pause, within } from "../../src/docker/within.ts";

const never = new AbortController().signal;
const failureOf = (work: Promise<unknown>) => work.catch((thrown: unknown) => thrown);

test("what ends in time gives its answer", async () => {
  expect(await within(10_000, "ask", never, async () => 7)).toBe(7);
});

test("what never ends is given up at the deadline and told to stop", async () => {
  let stopped = false;
  const hanging = (signal: AbortSignal) => {
    signal.addEventListener("abort", () => (stopped = true));
    return new Promise<never>(() => {});
  };
  const error = await failureOf(within(20, "list containers", never, hanging));
  expect(error).toMatchObject({ reason: "EngineTimeout", message: expect.stringContaining("list containers") });
  expect(stopped).toBe(true);
});

test("a signal that aborts, or has aborted, ends it at once", async () => {
  const abort = new AbortController();
  const waiting = failureOf(within(10_000, "ask", abort.signal, () => new Promise<never>(() => {})));
  abort.abort();
  expect(await waiting).toMatchObject({ reason: "Interrupted" });
  expect(await failureOf(within(10_000, "ask", abort.signal, async () => 1))).toMatchObject({ reason: "Interrupted" });
  expect(await failureOf(pause(10_000, abort.signal))).toMatchObject({ reason: "Interrupted" });
});

test("items are worked on side by side up to the limit, and answers keep their order", async () => {
  let atOnce = 0;
  let most = 0;
  const results = await inParallel([5, 1, 4, 2, 3], 2, async (item) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await Bun.sleep(item);
    atOnce -= 1;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

test("the first failure ends work side by side", async () => {
  const work = inParallel([1, 2, 3], 2, async (item) => {
    if (item === 2) throw new Error("two");
    return item;
  });
  expect(await failureOf(work)).toMatchObject({ message: "two" });
});
