import { expect, test } from "bun:test";
import { dependentsToRestart } from "../../src/plan/restarted-dependents.ts";
import type { Service } from "../../src/project.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

function names(app: Partial<Service>, replaced: boolean, state: "running" | "exited" = "running"): readonly string[] {
  const project = sampleProject({ app, db: {} });
  const observed = observedState(project, [runningContainer(project, "app", 1, { state })]);
  return dependentsToRestart(project, observed, "db", replaced).map(({ name }) => name);
}

const dependsOn = (restart: boolean) => ({
  depends_on: { db: { condition: "service_started" as const, required: true, restart } },
});

test("who declares restart: true restarts with a replaced dependency only", () => {
  expect(names(dependsOn(true), true)).toEqual(["shop-app-1"]);
  expect(names(dependsOn(true), false)).toEqual([]);
  expect(names(dependsOn(false), true)).toEqual([]);
});
test("who shares a namespace also restarts when that one is only stopped and started", () =>
  expect(names({ network_mode: "service:db" }, false)).toEqual(["shop-app-1"]));
test("what stands still is not stopped", () => expect(names(dependsOn(true), true, "exited")).toEqual([]));
