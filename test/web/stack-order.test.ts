import { expect, test } from "bun:test";
import { refuseOddOrder } from "../../src/web/stack-order.ts";
import { refusal } from "./refusal.ts";

const stack = (name: string, ...dependsOn: string[]) => ({ name, dependsOn });

test("stacks may wait for each other as long as one of them waits for nobody", () => {
  const others = [stack("a", "b", "c"), stack("b", "c"), stack("c"), stack("shop")];
  expect(refusal(() => refuseOddOrder(stack("shop", "a", "b"), others))).toBe("done");
});

test("a stack that is not there is named", () => {
  expect(refusal(() => refuseOddOrder(stack("shop", "nobody"), []))).toBe(
    'InvalidInput dependsOn: there is no stack named "nobody"',
  );
});

test("a circle is told with every stack in it, also one that waits for itself", () => {
  const others = [stack("a", "b"), stack("b", "shop"), stack("shop")];
  expect(refusal(() => refuseOddOrder(stack("shop", "a"), others))).toBe(
    "InvalidInput dependsOn: shop → a → b → shop is a circle",
  );
  expect(refusal(() => refuseOddOrder(stack("shop", "shop"), []))).toContain("shop → shop");
});
