import { expect, test } from "bun:test";
import { routes } from "../../views/routes.ts";

test("names are encoded", () => {
  expect(routes.stack("a/../b")).toBe("/stacks/a%2F..%2Fb");
  expect(routes.logs("shop", "a&b=c")).toBe("/stacks/shop/logs?service=a%26b%3Dc");
  expect(routes.deployment("1?x")).toBe("/deployments/1%3Fx");
});

test("all services have the plain address", () => {
  expect(routes.logs("shop")).toBe("/stacks/shop/logs");
});
