import { expect, test } from "bun:test";
import { planList } from "../../../views/deployment/plan-list.tsx";

test("a sign is also a word for readers, and the cause stands beside it", () => {
  const html = planList(
    [{ kind: "create-network", resource: "network:default", cause: "network added" }],
    [],
  ).toString();
  expect(html).toContain(`<span class="unseen">new:</span>`);
  expect(html).toContain("network added");
});

test("what does not change closes the plan in one line", () => {
  expect(planList([], ["proxy", "db"]).toString()).toContain("proxy, db");
  expect(planList([], []).toString()).not.toContain("no change");
});
