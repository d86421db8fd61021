import { expect, test } from "bun:test";
import { isEmpty, type Operation, type Plan, reportPlan, resourceOf, showPlan } from "../src/plan.ts";

const plan: Plan = {
  project: "shop",
  operations: [
    { kind: "pull-image", image: "nginx:1.27", platform: null, cause: "image is not here", after: [] },
    {
      kind: "start-container",
      serviceName: "web",
      number: 2,
      container: { id: "c", name: "shop-web-2" },
      cause: "container is exited",
      after: [0],
    },
  ],
};

test("a plan prints one line per operation with what it waits for and why", () => {
  expect(showPlan(plan)).toBe(
    "[] -> #0 image:nginx:1.27, pull-image, image is not here\n[0] -> #1 service:web:2, start-container, container is exited",
  );
});

test("the report holds the contract's fields and nothing of the inside", () => {
  expect(reportPlan(plan, "abc")).toEqual({
    project: "shop",
    revision: "abc",
    empty: false,
    operations: [
      { kind: "pull-image", resource: "image:nginx:1.27", cause: "image is not here", after: [] },
      { kind: "start-container", resource: "service:web:2", cause: "container is exited", after: [0] },
    ],
    violations: [],
  });
});

test("every kind of operation names its resource", () => {
  const names: readonly [Operation, string][] = [
    [{ kind: "create-network", networkKey: "default", name: "shop_default" }, "network:default"],
    [{ kind: "create-volume", volumeKey: "data", name: "shop_data" }, "volume:data"],
    [{ kind: "await-service", serviceName: "db", condition: "service_healthy", required: true }, "service:db"],
  ];
  for (const [operation, resource] of names) expect(resourceOf(operation)).toBe(resource);
});

test("a plan without operations is empty", () => {
  expect([isEmpty({ project: "shop", operations: [] }), isEmpty(plan)]).toEqual([true, false]);
});
