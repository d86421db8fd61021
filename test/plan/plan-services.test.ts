import { expect, test } from "bun:test";
import { retainedName, successorName } from "../../src/label.ts";
import type { ObservedContainer } from "../../src/observed-state.ts";
import { PlanBuilder } from "../../src/plan/plan-builder.ts";
import { planServices } from "../../src/plan/plan-services.ts";
import { projectSlots } from "../../src/plan/project-slots.ts";
import { resourceOf } from "../../src/plan.ts";
import type { Project } from "../../src/project.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject, textHash } from "../support/sample-project.ts";

function planned(
  project: Project,
  containers: readonly ObservedContainer[],
  start = true,
  startPaused = false,
): readonly string[] {
  const builder = new PlanBuilder(project.name);
  const basis = { pins: {}, previous: null, hashOf: textHash };
  const observed = observedState(project, containers);
  const slots = projectSlots(project, observed, basis);
  planServices(project, observed, slots, [], new Map(), { basis, rerunJobs: false, start, startPaused }, builder);
  return builder
    .build()
    .operations.map((operation) => `${operation.kind} ${resourceOf(operation)}: ${operation.cause}`);
}

const project = sampleProject({ web: {} });
const good = runningContainer(project, "web");
const stale = { ...good, id: "f".repeat(64), configHash: "old" };

test("--no-start creates and starts nothing", () => {
  expect(planned(project, [], false)).toEqual(["create-container service:web:1: container is missing"]);
});

test("a successor left by an interrupted pass is used, not created again", () => {
  const successor = { ...good, name: successorName("shop-web-1", stale.id), state: "created" as const };
  const made = planned(project, [stale, successor]);
  expect(made.some((line) => line.startsWith("create-container"))).toBe(false);
  expect(made.at(-1)).toStartWith("start-container service:web:1");
});

test("a failed newcomer is removed when the retained container comes back, not kept", () => {
  const retained = {
    ...good,
    name: retainedName("shop-web-1", good.id),
    state: "exited" as const,
    restartPolicy: "no",
  };
  expect(
    planned(project, [stale, retained]).map((line) => line.split(":")[0] + line.slice(line.lastIndexOf(":"))),
  ).toEqual([
    "stop-container service: gives way to the container that ran before",
    "rename-container service: gives way to the container that ran before",
    "remove-container service: gives way to the container that ran before",
    "rename-container service: the container that ran before comes back",
    "set-restart-policy service: the container that ran before comes back",
    "start-container service: the container that ran before comes back",
  ]);
});

test("a container that lost its restart policy in a crash gets it back", () => {
  expect(planned(project, [{ ...good, restartPolicy: "no" }])).toEqual([
    "set-restart-policy service:web:1: restart policy is not as declared",
  ]);
});

test("a dependency that is healthy already is not awaited again", () => {
  const dependent = sampleProject({
    web: { depends_on: { db: { condition: "service_healthy", required: true } } },
    db: {},
  });
  const db = runningContainer(dependent, "db", 1, { health: "healthy" });
  expect(planned(dependent, [db]).some((line) => line.startsWith("await-service"))).toBe(false);
  expect(planned(dependent, [{ ...db, health: "starting" }]).some((line) => line.startsWith("await-service"))).toBe(
    true,
  );
});

test("a paused container is left in peace, but started where Docker Compose would start it", () => {
  const paused = { ...good, state: "paused" as const };
  expect(planned(project, [paused])).toEqual([]);
  expect(planned(project, [paused], true, true)).toEqual(["start-container service:web:1: container is paused"]);
});
