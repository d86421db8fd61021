import { expect, test } from "bun:test";
import { createStackLock } from "../../src/git/stack-lock.ts";

test("work on one stack waits its turn, also after a failure; other stacks do not wait", async () => {
  const lock = createStackLock();
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = lock("a", async () => {
    await gate.promise;
    order.push("first");
    throw new Error("first fails");
  });
  const second = lock("a", async () => order.push("second"));
  await lock("b", async () => order.push("other"));
  gate.resolve();
  expect(String(await first.catch((thrown: unknown) => thrown))).toContain("first fails");
  await second;
  expect(order).toEqual(["other", "first", "second"]);
});
