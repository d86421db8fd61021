import { expect, test } from "bun:test";
import { Turns } from "../../src/reconcile/turns.ts";

const never = new AbortController().signal;

test("so many have their turn at a time, the others come in the order in which they asked", async () => {
  const turns = new Turns(2);
  const order: string[] = [];
  const take = async (name: string) => {
    const end = await turns.take(never);
    order.push(name);
    return end;
  };
  const [first, second] = await Promise.all([take("a"), take("b")]);
  const third = take("c");
  const fourth = take("d");
  await Promise.resolve();
  expect(order).toEqual(["a", "b"]);
  second?.();
  (await third)();
  await fourth;
  first?.();
  expect(order).toEqual(["a", "b", "c", "d"]);
});

test("who gives up leaves the line and takes nobody's turn", async () => {
  const turns = new Turns(1);
  const end = await turns.take(never);
  const gaveUp = new AbortController();
  const waiting = turns.take(gaveUp.signal);
  const next = turns.take(never);
  gaveUp.abort(new Error("a newer commit came"));
  expect(waiting).rejects.toThrow("a newer commit came");
  end();
  (await next)();
});

test("a turn that ends twice is one turn", async () => {
  const turns = new Turns(1);
  const end = await turns.take(never);
  end();
  end();
  const second = await turns.take(never);
  let third = false;
  const waiting = turns.take(never).then((finish) => {
    third = true;
    return finish;
  });
  await Promise.resolve();
  expect(third).toBe(false);
  second();
  await waiting;
});
