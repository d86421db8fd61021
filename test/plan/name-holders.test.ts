import { describe, expect, test } from "bun:test";
import { serviceHash } from "../../src/compose/hash.ts";
import { TallymanError } from "../../src/error.ts";
import { observeQuery, type PlanOptions, plan } from "../../src/plan/planner.ts";
import type { Project, Service } from "../../src/project.ts";
import { applyPlan } from "../../src/reconcile/apply-plan.ts";
import { JumpingClock } from "../support/flow.ts";
import { MemoryEngine } from "../support/memory-engine.ts";
import { sampleProject } from "../support/sample-project.ts";

// A container_name that goes to another service, over an Engine in memory that lets nobody have a name twice.

const options: PlanOptions = {
  basis: { pins: {}, previous: null, hashOf: serviceHash },
  refreshImages: false,
  settled: false,
  prune: true,
  changedVolumes: "keep",
  rerunJobs: false,
  start: true,
  returning: false,
};

function projectOf(services: Readonly<Record<string, Partial<Service>>>): Project {
  const named = Object.entries(services).map(([key, service]) => [key, { image: "web:1", ...service }]);
  return sampleProject(Object.fromEntries(named));
}

const shopBefore = projectOf({ web: { container_name: "front" } });
const shopAfter = projectOf({ site: { container_name: "front" } });
const namesBefore = projectOf({ a: { container_name: "one" }, b: { container_name: "two" } });
const namesAfter = projectOf({ a: { container_name: "two" }, b: { container_name: "one" } });

function stage() {
  const engine = new MemoryEngine(() => new Date("2026-01-01T12:00:00Z"));
  engine.addImage("web:1", "runs");
  const apply = async (project: Project, how: Partial<PlanOptions> = {}): Promise<void> => {
    const observed = await engine.observe(observeQuery(project));
    const made = plan(project, observed, { ...options, ...how });
    const nothing = (): void => undefined;
    const parts = { engine, clock: new JumpingClock(), project, observed, labels: {}, onStep: nothing };
    await applyPlan(made, { ...parts, onProgress: nothing }, new AbortController().signal);
  };
  const bring = async (project: Project, how: Partial<PlanOptions> = {}): Promise<void> => {
    await apply(project, how);
    await apply(project, { ...how, settled: true });
  };
  const runs = (): readonly string[] =>
    engine.containers.map(({ name, serviceName, state }) => `${serviceName} ${name} ${state}`).sort();
  const cut = async (project: Project, operations: number): Promise<void> => {
    let left = operations;
    engine.beforePerform = () => {
      left -= 1;
      if (left < 0) throw new TallymanError("Interrupted", "cut");
    };
    await apply(project).catch(() => undefined);
    engine.beforePerform = () => undefined;
  };
  return { engine, apply, bring, runs, cut };
}

describe("a service that got a new name and keeps its container_name", () => {
  test("takes the name over from its orphan, which goes once the release has settled", async () => {
    const { bring, runs } = stage();
    await bring(shopBefore);
    await bring(shopAfter);
    expect(runs()).toEqual(["site front running"]);
  });

  test("gives it back when the release before returns, to the container that ran before", async () => {
    const { engine, apply, bring, runs } = stage();
    await bring(shopBefore);
    const [before] = engine.containers;
    await apply(shopAfter);
    await bring(shopBefore, { returning: true });
    expect(runs()).toEqual(["web front running"]);
    expect(engine.containers[0]?.id).toBe(before?.id ?? "");
  });

  test("finds its way after a kill at any operation", async () => {
    for (let operations = 0; operations < 10; operations += 1) {
      const { bring, runs, cut } = stage();
      await bring(shopBefore);
      await cut(shopAfter, operations);
      await bring(shopAfter);
      expect([operations, ...runs()]).toEqual([operations, "site front running"]);
    }
  });

  test("is refused with the way out, before anything is touched, where orphans stay", async () => {
    const { bring, runs } = stage();
    await bring(shopBefore);
    expect(bring(shopAfter, { prune: false })).rejects.toThrow(
      "services.site: the name front is borne by a container of service web, which is not in the Compose file",
    );
    expect(runs()).toEqual(["web front running"]);
  });

  test("has the name for itself with --remove-orphans", async () => {
    const { bring, runs } = stage();
    await bring(shopBefore);
    await bring(shopAfter, { prune: false, removeOrphans: true });
    expect(runs()).toEqual(["site front running"]);
  });
});

describe("two services that change names with each other", () => {
  test("both get there", async () => {
    const { bring, runs } = stage();
    await bring(namesBefore);
    await bring(namesAfter);
    expect(runs()).toEqual(["a two running", "b one running"]);
  });

  test("both get back, as the containers that they were", async () => {
    const { engine, apply, bring, runs } = stage();
    await bring(namesBefore);
    const before = engine.containers.map(({ id }) => id).sort();
    await apply(namesAfter);
    await bring(namesBefore, { returning: true });
    expect(runs()).toEqual(["a one running", "b two running"]);
    expect(engine.containers.map(({ id }) => id).sort()).toEqual(before);
  });

  test("get there after a kill at any operation", async () => {
    for (let operations = 0; operations < 16; operations += 1) {
      const { bring, runs, cut } = stage();
      await bring(namesBefore);
      await cut(namesAfter, operations);
      await bring(namesAfter);
      expect([operations, ...runs()]).toEqual([operations, "a two running", "b one running"]);
    }
  });
});

test("a name that wandered to the next service does so in one pass", async () => {
  const { bring, runs } = stage();
  await bring(projectOf({ a: { container_name: "one" }, b: {} }));
  await bring(projectOf({ a: {}, b: { container_name: "one" } }));
  expect(runs()).toEqual(["a shop-a-1 running", "b one running"]);
});
