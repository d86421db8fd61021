import { expect, test } from "bun:test";
import { planAwaits, type WaitLimits } from "../../src/plan/plan-awaits.ts";
import { PlanBuilder } from "../../src/plan/plan-builder.ts";
import type { Dependency, Service } from "../../src/project.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const healthy: Dependency = { condition: "service_healthy", required: true };

function awaited(db: Partial<Service> | null, dependency = healthy, health: "healthy" | "starting" = "starting") {
  const project = sampleProject({ web: { depends_on: { db: dependency } }, ...(db ? { db } : {}) });
  const observed = observedState(project, db ? [runningContainer(project, "db", 1, { health })] : []);
  const builder = new PlanBuilder("shop");
  planAwaits(project, observed, "web", new Map(), new Map(), undefined, builder);
  return builder.build().operations.map((operation) => operation.kind);
}

test("a condition that is not met is waited for", () => expect(awaited({})).toEqual(["await-service"]));
test("one that is met is not", () => expect(awaited({}, healthy, "healthy")).toEqual([]));
test("a service of no replicas is never waited for", () => expect(awaited({ scale: 0 })).toEqual([]));
test("nor is one that a profile keeps out", () => expect(awaited(null, { ...healthy, required: false })).toEqual([]));
test("having been started needs no wait of its own", () =>
  expect(awaited({}, { condition: "service_started", required: true })).toEqual([]));

test("two that depend on one wait for it once, and for nothing but it", () => {
  const depends_on = { db: healthy, cache: healthy };
  const project = sampleProject({ web: { depends_on }, worker: { depends_on }, db: {}, cache: {} });
  const observed = observedState(project, []);
  const builder = new PlanBuilder("shop");
  const started = ["db", "cache"].map((serviceName) => {
    const container = { id: serviceName, name: serviceName };
    return [serviceName, [builder.add({ kind: "start-container", serviceName, number: 1, container }, "")]] as const;
  });
  const awaits = new Map<string, number>();
  const [web, worker] = ["web", "worker"].map((serviceName) =>
    planAwaits(project, observed, serviceName, new Map(started), awaits, undefined, builder),
  );
  expect(web).toEqual([2, 3]);
  expect(worker).toEqual([2, 3]);
  expect(builder.build().operations.slice(2)).toMatchObject([{ after: [0] }, { after: [1] }]);
});

test("a pass has limits of its own for what it waits for", () => {
  const migrated: Dependency = { condition: "service_completed_successfully", required: true };
  const project = sampleProject({ web: { depends_on: { db: healthy, migrate: migrated } }, db: {}, migrate: {} });
  const limitsOf = (limits: WaitLimits | undefined) => {
    const builder = new PlanBuilder("shop");
    planAwaits(project, observedState(project, []), "web", new Map(), new Map(), limits, builder);
    return builder.build().operations.map((operation) => ("limitMs" in operation ? operation.limitMs : null));
  };
  expect(limitsOf(undefined)).toEqual([null, null]);
  expect(limitsOf({ healthMs: null, jobMs: 600_000 })).toEqual([null, 600_000]);
  expect(limitsOf({ healthMs: 5_000, jobMs: 5_000 })).toEqual([5_000, 5_000]);
});
