import { describe, expect, test } from "bun:test";
import { changedServices, planLines } from "../../../views/deployment/plan-lines.ts";

const step = (kind: string, resource: string, cause = "image changed") => ({ kind, resource, cause });

describe("the lines of a plan", () => {
  test("replacing a container is one change, whatever calls it takes", () => {
    const steps = ["create-container", "stop-container", "rename-container", "start-container"];
    expect(planLines(steps.map((kind) => step(kind, "service:api:1")))).toEqual([
      { sign: "~", what: "service api 1", cause: "image changed" },
    ]);
  });

  test("replicas with the same cause stand in one line", () => {
    const lines = planLines([step("create-container", "service:api:1"), step("create-container", "service:api:2")]);
    expect(lines).toEqual([{ sign: "+", what: "service api 1, 2", cause: "image changed" }]);
  });

  test("replicas with different causes do not", () => {
    const steps = [
      step("create-container", "service:api:1"),
      step("create-container", "service:api:2", "replica added"),
    ];
    expect(planLines(steps)).toHaveLength(2);
  });

  test("what only goes is removed, what only stops or starts is changed", () => {
    const signs = ["remove-container", "stop-container", "start-container"].map(
      (kind) => planLines([step(kind, "service:api:1")])[0]?.sign,
    );
    expect(signs).toEqual(["−", "~", "~"]);
  });

  test("an image keeps its tag, a network its name", () => {
    const lines = planLines([
      step("pull-image", "image:forge:5000/api:3.3"),
      step("create-network", "network:default"),
    ]);
    expect(lines.map((line) => line.what)).toEqual(["image forge:5000/api:3.3", "network default"]);
  });

  test("waiting is no change", () => {
    expect(planLines([step("await-service", "service:db")])).toEqual([]);
    expect(changedServices([step("await-service", "service:db")])).toEqual([]);
  });
});

test("the changed services are those with a container in the plan, each once", () => {
  const steps = [
    step("pull-image", "image:a"),
    step("create-container", "service:b:1"),
    step("stop-container", "service:b:1"),
  ];
  expect(changedServices(steps)).toEqual(["b"]);
});
