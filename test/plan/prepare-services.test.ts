import { expect, test } from "bun:test";
import { successorName } from "../../src/label.ts";
import type { ObservedContainer } from "../../src/observed-state.ts";
import { PlanBuilder } from "../../src/plan/plan-builder.ts";
import { prepareServices } from "../../src/plan/prepare-services.ts";
import { projectSlots } from "../../src/plan/project-slots.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject, textHash } from "../support/sample-project.ts";

const project = sampleProject({
  app: { volumes_from: ["data"], depends_on: { data: { condition: "service_started", required: true } } },
  data: {},
});

function created(
  containers: readonly ObservedContainer[],
  pins: Readonly<Record<string, string>> = {},
  wanted: typeof project = project,
) {
  const basis = { pins, previous: null, hashOf: textHash };
  const observed = observedState(wanted, containers);
  const builder = new PlanBuilder("shop");
  prepareServices(wanted, observed, projectSlots(wanted, observed, basis), new Map(), [], basis, builder);
  return builder.build().operations.filter((operation) => operation.kind === "create-container");
}

test("whoever shares is created after the container that it shares with, and told which one that is", () =>
  expect(created([])).toMatchObject([
    { serviceName: "data", after: [], shares: {} },
    { serviceName: "app", after: [0], shares: { data: { createdBy: 0, name: "shop-data-1" } }, configHash: "" },
  ]));

test("a container that stays is shared by its id, and the hash is known at once", () => {
  const data = runningContainer(project, "data");
  const [app] = created([data]);
  expect(app).toMatchObject({ shares: { data: { id: data.id, name: "shop-data-1" } } });
  expect(app?.configHash).toContain(data.id);
});

test("a container is shared by its id, too, while its service is left out", () => {
  const alone = sampleProject({ app: { volumes_from: ["data"] } });
  const data = runningContainer(project, "data");
  expect(created([data], {}, alone)).toMatchObject([{ serviceName: "app", shares: { data: { id: data.id } } }]);
});

test("a successor is created under a temporary name beside its predecessor", () => {
  const data = runningContainer(project, "data", 1, { configHash: "old" });
  expect(created([data])[0]).toMatchObject({ name: successorName("shop-data-1", data.id), finalName: "shop-data-1" });
});

test("a pinned image is named by its id only where the tag means another one by now", () => {
  expect(created([], { "data:1": "sha256:former" })[0]).toMatchObject({ imageId: "sha256:former" });
  expect(created([], { "data:1": "sha256:data:1" })[0]).toMatchObject({ imageId: null });
});
