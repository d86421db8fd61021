import { expect, test } from "bun:test";
import { withDeadline } from "../../src/git/deadline.ts";

const thrownBy = (promise: Promise<unknown>) => promise.catch((thrown: unknown) => thrown);
const never = () => new Promise<never>(() => {});

test("work that never ends meets its deadline and hears of it", async () => {
  let heard: AbortSignal | undefined;
  const asking = withDeadline("it", 20, new AbortController().signal, (signal) => {
    heard = signal;
    return never();
  });
  expect(await thrownBy(asking)).toMatchObject({ reason: "GitTimeout" });
  expect(heard?.aborted).toBe(true);
});

test("a caller who gives up is not kept waiting", async () => {
  const controller = new AbortController();
  const asking = withDeadline("it", 60_000, controller.signal, never);
  controller.abort();
  expect(await thrownBy(asking)).toMatchObject({ reason: "Interrupted" });
  expect(await thrownBy(withDeadline("it", 60_000, controller.signal, never))).toMatchObject({ reason: "Interrupted" });
});

test("work's own value and error come through", async () => {
  const signal = new AbortController().signal;
  expect(await withDeadline("it", 60_000, signal, async () => 1)).toBe(1);
  const own = new Error("own");
  expect(await thrownBy(withDeadline("it", 60_000, signal, () => Promise.reject(own)))).toBe(own);
});
