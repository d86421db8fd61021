import { expect, test } from "bun:test";
import { PlanBuilder } from "../../src/plan/plan-builder.ts";

test("operations keep their order, and what they wait for is sorted and told once", () => {
  const builder = new PlanBuilder("shop");
  const first = builder.add({ kind: "create-network", networkKey: "a", name: "shop_a" }, "missing");
  const second = builder.add({ kind: "create-network", networkKey: "b", name: "shop_b" }, "missing");
  builder.add({ kind: "create-volume", volumeKey: "v", name: "shop_v" }, "missing", [second, first, second]);
  expect(builder.build().operations.map((operation) => operation.after)).toEqual([[], [], [0, 1]]);
});
