import { expect, test } from "bun:test";
import { retainedName } from "../../src/label.ts";
import { driftIn, lookForDrift } from "../../src/reconcile/drift.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = sampleProject({ web: {} });
const web = runningContainer(project, "web");

test("a difference is told field by field, and not once more as an operation", () => {
  const found = driftIn({
    observed: observedState(project, [web]),
    drifted: new Map([[web.id, [{ field: "memory limit", wanted: "64 MiB", found: "32 MiB" }]]]),
    plan: {
      project: "shop",
      operations: [
        {
          kind: "create-container",
          serviceName: "web",
          number: 1,
          name: "x",
          finalName: web.name,
          replaces: web.id,
          configHash: "",
          imageId: null,
          shares: {},
          cause: "memory limit is not as declared",
          after: [],
        },
      ],
    },
  });
  expect(found).toEqual([{ resource: "service:web:1", field: "memory limit", wanted: "64 MiB", found: "32 MiB" }]);
});

test("what is missing or stopped is told in the plan's words, once per resource", async () => {
  const { engine, parts } = memoryFlow();
  engine.addImage("web:1", "healthy");
  const { drift } = await lookForDrift(sampleStack, project, null, parts, new AbortController().signal);
  expect(drift.map(({ resource, field }) => `${resource} ${field}`)).toContain("service:web:1 container is missing");
});

test("a predecessor that waits to be cleared away is a leftover, not drift", async () => {
  const { engine, parts } = memoryFlow();
  engine.addImage("web:1", "healthy");
  engine.networks.add("shop_default");
  const retained = { ...web, id: "f".repeat(64), name: retainedName(web.name, "f".repeat(64)), configHash: "old" };
  engine.containers = [
    { ...web, networks: [{ name: "shop_default", id: "shop_default" }] },
    { ...retained, state: "exited" },
  ];
  const looked = await lookForDrift(sampleStack, project, null, parts, new AbortController().signal);
  expect(looked).toEqual({ drift: [], leftovers: true, ailment: null });
});
