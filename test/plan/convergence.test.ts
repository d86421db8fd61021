import { describe, expect, test } from "bun:test";
import { serviceHash } from "../../src/compose/hash.ts";
import { TallymanError } from "../../src/error.ts";
import { COMPOSE_LABEL } from "../../src/label.ts";
import type { ObservedState } from "../../src/observed-state.ts";
import { observeQuery, type PlanOptions, plan } from "../../src/plan/planner.ts";
import { type Plan, resourceOf } from "../../src/plan.ts";
import type { Dependency, Project, Service } from "../../src/project.ts";
import { applyPlan } from "../../src/reconcile/apply-plan.ts";
import { JumpingClock } from "../support/flow.ts";
import { MemoryEngine } from "../support/memory-engine.ts";
import { sampleProject } from "../support/sample-project.ts";

// Whole passes over an Engine in memory: what services do to each other when one of them changes.

const options: PlanOptions = {
  basis: { pins: {}, previous: null, hashOf: serviceHash },
  refreshImages: false,
  settled: false,
  prune: true,
  changedVolumes: "keep",
  rerunJobs: false,
  start: true,
};

interface Stage {
  readonly engine: MemoryEngine;
  /** The operations that the project needs now. */
  readonly needs: (project: Project, how?: Partial<PlanOptions>) => Promise<readonly string[]>;
  /** Does them, and settles; gives the operations of the first part. */
  readonly bring: (project: Project, how?: Partial<PlanOptions>) => Promise<readonly string[]>;
  /** Container ids by name. */
  readonly ids: () => Readonly<Record<string, string>>;
}

function stage(...images: readonly string[]): Stage {
  const engine = new MemoryEngine(() => new Date("2026-01-01T12:00:00Z"));
  for (const image of images) engine.addImage(image, "runs");
  const observe = (project: Project, how: PlanOptions): Promise<ObservedState> =>
    engine.observe(observeQuery(project, how.basis.pins));
  const apply = async (project: Project, how: PlanOptions): Promise<Plan> => {
    const observed = await observe(project, how);
    const made = plan(project, observed, how);
    const nothing = (): void => undefined;
    const told = { labels: {}, onStep: nothing, onProgress: nothing };
    await applyPlan(
      made,
      { engine, clock: new JumpingClock(), project, observed, ...told },
      new AbortController().signal,
    );
    return made;
  };
  return {
    engine,
    needs: async (project, how) =>
      kinds(plan(project, await observe(project, { ...options, ...how }), { ...options, ...how })),
    async bring(project, how) {
      const first = await apply(project, { ...options, ...how });
      await apply(project, { ...options, ...how, settled: true });
      return kinds(first);
    },
    ids: () => Object.fromEntries(engine.containers.map(({ name, id }) => [name, id])),
  };
}

const kinds = (made: Plan): readonly string[] =>
  made.operations.map((operation) => `${operation.kind} ${resourceOf(operation).replace("service:", "")}`);

const needs = (restart: boolean): { readonly db: Dependency } => ({
  db: { condition: "service_started", required: true, restart },
});

function twoWith(db: Partial<Service>, app: Partial<Service>): Project {
  return sampleProject({ db: { image: "db:1", ...db }, app: { image: "app:1", depends_on: needs(false), ...app } });
}

describe("when a dependency is replaced", () => {
  test("who depends on it without restart: true runs on", async () => {
    const { bring } = stage("db:1", "app:1");
    await bring(twoWith({}, {}));
    expect((await bring(twoWith({ user: "x" }, {}))).some((line) => line.endsWith("app:1"))).toBe(false);
  });

  test("who depends on it with restart: true stops before and starts after it, as the same container", async () => {
    const { bring, needs: left, ids } = stage("db:1", "app:1");
    const app = { depends_on: needs(true) };
    await bring(twoWith({}, app));
    const before = ids();
    expect(await bring(twoWith({ user: "x" }, app))).toEqual([
      "create-container db:1",
      "stop-container app:1",
      "stop-container db:1",
      "set-restart-policy db:1",
      "rename-container db:1",
      "rename-container db:1",
      "start-container db:1",
      "start-container app:1",
    ]);
    expect(ids()["shop-app-1"]).toBe(before["shop-app-1"] ?? "");
    expect(await left(twoWith({ user: "x" }, app))).toEqual([]);
  });

  test("who shares its namespace is replaced with it, and afterwards nothing is left to do", async () => {
    const { bring, needs: left, engine } = stage("db:1", "app:1");
    const app = { network_mode: "service:db", networks: {}, depends_on: needs(true) };
    await bring(twoWith({}, app));
    expect(await left(twoWith({}, app))).toEqual([]);
    const done = await bring(twoWith({ user: "x" }, app));
    expect(done.filter((line) => line.startsWith("create"))).toEqual([
      "create-container db:1",
      "create-container app:1",
    ]);
    expect(done.filter((line) => line === "stop-container app:1")).toHaveLength(1);
    expect(await left(twoWith({ user: "x" }, app), { settled: true })).toEqual([]);
    expect(engine.containers.map(({ state }) => state)).toEqual(["running", "running"]);
  });

  test("who mounts its volumes is replaced with it", async () => {
    const { bring } = stage("db:1", "app:1");
    const app = { volumes_from: ["db:ro"] };
    await bring(twoWith({}, app));
    expect(await bring(twoWith({ user: "x" }, app))).toContain("create-container app:1");
  });
});

describe("a pass over shared namespaces that was cut", () => {
  const sharing = { network_mode: "service:db", networks: {}, depends_on: needs(true) };
  const former = twoWith({}, sharing);
  const later = twoWith({ user: "x" }, sharing);
  const cutAfter = async ({ engine, bring }: Stage, operations: number): Promise<void> => {
    let left = operations;
    engine.beforePerform = () => {
      left -= 1;
      if (left < 0) throw new TallymanError("Interrupted", "cut");
    };
    await bring(later).catch((error: unknown) => {
      if (!(error instanceof TallymanError)) throw error;
    });
    engine.beforePerform = () => undefined;
  };
  const end = ({ engine }: Stage) => engine.containers.map(({ name, state }) => `${name} ${state}`).sort();
  const whole = ["shop-app-1 running", "shop-db-1 running"];

  test("ends in the new release wherever it was cut", async () => {
    for (let operations = 0; operations <= 12; operations += 1) {
      const own = stage("db:1", "app:1");
      await own.bring(former);
      await cutAfter(own, operations);
      await own.bring(later);
      expect(end(own)).toEqual(whole);
      expect(await own.needs(later, { settled: true })).toEqual([]);
    }
  });

  test("can go back to the very containers that ran, until they were cleared away", async () => {
    for (let operations = 0; operations <= 10; operations += 1) {
      const own = stage("db:1", "app:1");
      await own.bring(former);
      const ids = own.ids();
      await cutAfter(own, operations);
      await own.bring(former);
      expect(end(own)).toEqual(whole);
      expect(own.ids()).toEqual(ids);
    }
  });
});

describe("a network whose definition changed", () => {
  const diverged = (observed: ObservedState): ObservedState => ({
    ...observed,
    networks: observed.networks.map((network) => ({
      ...network,
      labels: { ...network.labels, [COMPOSE_LABEL.configHash]: "other" },
    })),
  });

  test("leaves every container what it is, and who shares a namespace starts again too", async () => {
    const { bring, engine } = stage("db:1", "app:1");
    const project = twoWith({}, { network_mode: "service:db", networks: {}, depends_on: needs(true) });
    await bring(project);
    const made = kinds(plan(project, diverged(await engine.observe(observeQuery(project))), options));
    expect(made).toEqual([
      "stop-container db:1",
      "disconnect-network db:1",
      "remove-network network:default",
      "create-network network:default",
      "connect-network db:1",
      "stop-container app:1",
      "start-container db:1",
      "start-container app:1",
    ]);
  });

  test("stops a container once that is replaced in the same pass", async () => {
    const { bring, engine } = stage("db:1", "app:1");
    await bring(twoWith({}, {}));
    const changed = twoWith({ user: "x" }, {});
    const made = kinds(plan(changed, diverged(await engine.observe(observeQuery(changed))), options));
    expect(made.filter((line) => line === "stop-container db:1")).toHaveLength(1);
    expect(made.indexOf("create-network network:default")).toBeLessThan(made.indexOf("create-container db:1"));
  });
});

describe("names and numbers", () => {
  test("a container_name that changed gives a new container its new name", async () => {
    const { bring, ids } = stage("web:1");
    await bring(sampleProject({ web: { container_name: "one" } }));
    await bring(sampleProject({ web: { container_name: "two" } }));
    expect(Object.keys(ids())).toEqual(["two"]);
  });

  test("a name that somebody else gave a container is left alone", async () => {
    const { bring, needs: left, engine } = stage("web:1");
    await bring(sampleProject({ web: {} }));
    engine.containers = engine.containers.map((one) => ({ ...one, name: "shop_web_1" }));
    expect(await left(sampleProject({ web: {} }), { settled: true })).toEqual([]);
  });

  test("a container that Docker Compose left under a temporary name gets its own", async () => {
    const { bring, needs: left, engine } = stage("web:1");
    await bring(sampleProject({ web: {} }));
    engine.containers = engine.containers.map((one) => ({ ...one, name: `${"a".repeat(12)}_shop-web-1` }));
    expect(await left(sampleProject({ web: {} }))).toEqual(["rename-container web:1"]);
  });

  test("scaling up goes on after the highest number, scaling down lets the highest go", async () => {
    const { bring, ids } = stage("web:1");
    const scaled = (scale: number): Project => {
      const project = sampleProject({ web: {} });
      return { ...project, services: { web: { ...(project.services["web"] as Service), scale } } };
    };
    await bring(scaled(1));
    const [first] = Object.values(ids());
    await bring(scaled(3));
    expect(Object.keys(ids()).sort()).toEqual(["shop-web-1", "shop-web-2", "shop-web-3"]);
    await bring(scaled(1));
    expect(ids()).toEqual({ "shop-web-1": first ?? "" });
  });
});

describe("a release whose tag moved", () => {
  const project = sampleProject({ web: {} });
  const pinned = { basis: { ...options.basis, pins: { "web:1": "sha256:former" } } };

  test("is made from the pinned image, and no pass replaces it afterwards", async () => {
    const { bring, needs: left, engine } = stage("web:1");
    engine.addImage("former:1", "runs", "sha256:former");
    await bring(project, pinned);
    expect(engine.containers.map(({ imageId }) => imageId)).toEqual(["sha256:former"]);
    expect(await left(project, pinned)).toEqual([]);
    expect(await left(project)).toContain("create-container web:1");
  });

  test("is fetched by its digest once it is gone from the host", async () => {
    const { bring, needs: left, engine } = stage("web:1");
    const digest = `web@sha256:${"d".repeat(64)}`;
    const known = { basis: { ...pinned.basis, repoDigests: { "web:1": digest } } };
    engine.beforePerform = (operation) => {
      if (operation.kind === "pull-image") engine.addImage(operation.image, "runs", "sha256:former");
    };
    const done = await bring(project, known);
    expect(done).toContain(`pull-image image:${digest}`);
    expect(engine.containers.map(({ imageId }) => imageId)).toEqual(["sha256:former"]);
    expect(await left(project, known)).toEqual([]);
  });

  test("is refused by name once neither host nor registry has it, and never replaced by what the tag names", async () => {
    const { bring, engine } = stage("web:1");
    const refused = await bring(project, pinned).catch((error: unknown) => error);
    expect(refused).toMatchObject({ reason: "ImageUnavailable", message: expect.stringContaining("web:1") });
    expect(engine.performed).toEqual([]);
  });

  test("needs no image while the container that was made from it is still there", async () => {
    const { bring, needs: left, engine } = stage("web:1");
    engine.addImage("former:1", "runs", "sha256:former");
    await bring(project, pinned);
    engine.images.delete("former:1");
    expect(await left(project, pinned)).toEqual([]);
  });
});

test("a service of no replicas that others share with is refused before anything is touched", async () => {
  const { needs: left } = stage("db:1", "app:1");
  expect(left(twoWith({ scale: 0 }, { network_mode: "service:db" }))).rejects.toThrow("container missing");
});
