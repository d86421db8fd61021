import { describe, expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { COMPOSE_LABEL, isRetainedName } from "../../src/label.ts";
import { observeQuery, type PlanOptions, plan } from "../../src/plan/planner.ts";
import { type Plan, resourceOf, showPlan } from "../../src/plan.ts";
import { emptyProject, type Project } from "../../src/project.ts";
import { applyPlan } from "../../src/reconcile/apply-plan.ts";
import { JumpingClock } from "../support/flow.ts";
import { MemoryEngine } from "../support/memory-engine.ts";
import { sampleProject, textHash } from "../support/sample-project.ts";

const options: PlanOptions = {
  basis: { pins: {}, previous: null, hashOf: textHash },
  refreshImages: false,
  settled: false,
  prune: true,
  changedVolumes: "refuse",
  rerunJobs: false,
  start: true,
};
const settled = { ...options, settled: true };

function engineWith(...images: readonly string[]): MemoryEngine {
  const engine = new MemoryEngine(() => new Date("2026-01-01T12:00:00Z"));
  for (const image of images) engine.addImage(image, "runs");
  return engine;
}

async function planFor(engine: MemoryEngine, project: Project, how = options): Promise<Plan> {
  return plan(project, await engine.observe(observeQuery(project)), how);
}

/** Plans and applies; `cutAfter` ends the process, so to speak, after that many operations. */
async function bring(
  engine: MemoryEngine,
  project: Project,
  how = options,
  cutAfter = Number.POSITIVE_INFINITY,
): Promise<void> {
  const observed = await engine.observe(observeQuery(project));
  let left = cutAfter;
  engine.beforePerform = () => {
    if (left <= 0) throw new TallymanError("Interrupted", "cut");
    left -= 1;
  };
  const nothing = (): void => undefined;
  const parts = {
    engine,
    clock: new JumpingClock(),
    project,
    observed,
    labels: {},
    onStep: nothing,
    onProgress: nothing,
  };
  await applyPlan(plan(project, observed, how), parts, new AbortController().signal).catch((error: unknown) => {
    if (!(error instanceof TallymanError && error.reason === "Interrupted")) throw error;
  });
  engine.beforePerform = nothing;
}

const kinds = (made: Plan): string[] =>
  made.operations.map((operation) => `${operation.kind} ${resourceOf(operation)}`);

describe("a project that runs nowhere yet", () => {
  test("gets its network, its containers, then starts in dependency order", async () => {
    const project = sampleProject({
      web: { depends_on: { db: { condition: "service_healthy", required: true } } },
      db: {},
    });
    const made = await planFor(engineWith("web:1", "db:1"), project);
    expect(showPlan(made)).toBe(
      [
        "[] -> #0 network:default, create-network, network is missing",
        "[0] -> #1 service:db:1, create-container, container is missing",
        "[0] -> #2 service:web:1, create-container, container is missing",
        "[0,1,2] -> #3 service:db:1, start-container, container is missing",
        "[3] -> #4 service:db, await-service, web depends on it",
        "[0,1,2,3,4] -> #5 service:web:1, start-container, container is missing",
      ].join("\n"),
    );
  });

  test("pulls an absent image before anything else, once for two services", async () => {
    const made = await planFor(engineWith(), sampleProject({ a: { image: "same:1" }, b: { image: "same:1" } }));
    expect(kinds(made).slice(0, 2)).toEqual(["pull-image image:same:1", "create-network network:default"]);
    expect(made.operations.filter((operation) => operation.kind === "pull-image")).toHaveLength(1);
  });

  test("creates nothing for a service that is scaled to 0", async () => {
    expect(kinds(await planFor(engineWith(), sampleProject({ web: { scale: 0 } })))).toEqual([
      "create-network network:default",
    ]);
  });

  test("is refused when an external network does not exist", async () => {
    const project = {
      ...sampleProject({ web: {} }),
      networks: { default: { name: "edge", ipam: {}, external: true } },
    };
    expect(planFor(engineWith("web:1"), project)).rejects.toThrow(
      "network edge declared as external, but could not be found",
    );
  });
});

describe("a project that runs as asked", () => {
  test("needs nothing, also when asked to settle", async () => {
    const engine = engineWith("web:1", "db:1");
    const project = sampleProject({
      web: { scale: 2 },
      db: { volumes: [{ type: "volume", source: "data", target: "/data" }] },
    });
    await bring(engine, project);
    expect(kinds(await planFor(engine, project))).toEqual([]);
    expect(kinds(await planFor(engine, project, settled))).toEqual([]);
  });

  test("leaves a job alone that ended with code 0, and runs it again only for compose up", async () => {
    const engine = engineWith("web:1");
    engine.addImage("job:1", "exits 0");
    const project = sampleProject({ job: { restart: "no" }, web: {} });
    await bring(engine, project);
    expect(kinds(await planFor(engine, project))).toEqual([]);
    expect(kinds(await planFor(engine, project, { ...options, rerunJobs: true }))).toEqual([
      "start-container service:job:1",
    ]);
  });

  test("starts a container again that was stopped by hand", async () => {
    const engine = engineWith("web:1");
    const project = sampleProject({ web: {} });
    await bring(engine, project);
    engine.containers = engine.containers.map((container) => ({ ...container, state: "exited", exitCode: 137 }));
    expect(showPlan(await planFor(engine, project))).toBe(
      "[] -> #0 service:web:1, start-container, container is exited",
    );
  });

  test("accepts the hash of either Compose flavour", async () => {
    const engine = engineWith("web:1");
    const project = sampleProject({ web: {} });
    await bring(engine, project);
    engine.containers = engine.containers.map((container) => ({ ...container, configHash: "b" }));
    expect(kinds(await planFor(engine, project))).toEqual([]);
  });
});

describe("a changed service", () => {
  const before = sampleProject({ web: { image: "web:1" } });
  const after = sampleProject({ web: { image: "web:2" } });

  test("is created beside the old one, which then makes room and is kept", async () => {
    const engine = engineWith("web:1", "web:2");
    await bring(engine, before);
    expect(kinds(await planFor(engine, after))).toEqual([
      "create-container service:web:1",
      "stop-container service:web:1",
      "set-restart-policy service:web:1",
      "rename-container service:web:1",
      "rename-container service:web:1",
      "start-container service:web:1",
    ]);
    await bring(engine, after);
    expect(
      engine.containers.map((container) => [isRetainedName(container.name), container.state, container.restartPolicy]),
    ).toEqual([
      [true, "exited", "no"],
      [false, "running", "always"],
    ]);
  });

  test("tells which image changed, and with the former project every attribute", async () => {
    const engine = engineWith("web:1", "web:2");
    await bring(engine, before);
    const [create] = (await planFor(engine, after)).operations;
    expect(create?.cause).toBe("image changed web:1 → web:2");
    const richer = sampleProject({ web: { image: "web:2", environment: { QUEUE: "x" } } });
    const known = await planFor(engine, richer, { ...options, basis: { ...options.basis, previous: before } });
    expect(known.operations[0]?.cause).toBe("environment: QUEUE added; image changed web:1 → web:2");
  });

  test("is settled by removing the one that was kept", async () => {
    const engine = engineWith("web:1", "web:2");
    await bring(engine, before);
    await bring(engine, after);
    expect(showPlan(await planFor(engine, after, settled))).toBe(
      "[] -> #0 service:web:1, remove-container, its successor passed the gate",
    );
  });

  test("comes back as the very container that ran before", async () => {
    const engine = engineWith("web:1", "web:2");
    await bring(engine, before);
    const [former] = engine.containers;
    await bring(engine, after);
    await bring(engine, before);
    expect(engine.containers.map(({ id, name, state, restartPolicy }) => ({ id, name, state, restartPolicy }))).toEqual(
      [{ id: former?.id ?? "", name: "shop-web-1", state: "running", restartPolicy: "always" }],
    );
  });

  test("is not recreated when the tag moved but the release pins the former image", async () => {
    const engine = engineWith("web:1");
    await bring(engine, before);
    engine.addImage("web:1", "runs", "sha256:moved");
    expect((await planFor(engine, before)).operations[0]?.cause).toBe("web:1 is another image now");
    const pinned = { ...options, basis: { ...options.basis, pins: { "web:1": "sha256:web:1" } } };
    expect(kinds(await planFor(engine, before, pinned))).toEqual([]);
  });

  test("after a cut at any operation ends in the new release, with nothing left over", async () => {
    const total = (
      await (async () => {
        const engine = engineWith("web:1", "web:2", "db:1", "db:2");
        await bring(engine, sampleProject({ web: { image: "web:1" }, db: { image: "db:1" } }));
        return await planFor(engine, sampleProject({ web: { image: "web:2" }, db: { image: "db:2" } }));
      })()
    ).operations.length;
    for (let cut = 0; cut <= total; cut += 1) {
      const engine = engineWith("web:1", "web:2", "db:1", "db:2");
      const changed = sampleProject({ web: { image: "web:2" }, db: { image: "db:2" } });
      await bring(engine, sampleProject({ web: { image: "web:1" }, db: { image: "db:1" } }));
      await bring(engine, changed, options, cut);
      await bring(engine, changed);
      await bring(engine, changed, settled);
      const byName = engine.containers.toSorted((one, other) => one.name.localeCompare(other.name));
      expect(byName.map((one) => [one.name, one.state, one.image, one.restartPolicy])).toEqual([
        ["shop-db-1", "running", "db:2", "always"],
        ["shop-web-1", "running", "web:2", "always"],
      ]);
    }
  });

  test("after a cut at any operation can also go back to the very containers that ran", async () => {
    const old = sampleProject({ web: { image: "web:1" }, db: { image: "db:1" } });
    const changed = sampleProject({ web: { image: "web:2" }, db: { image: "db:2" } });
    for (let cut = 0; cut <= 12; cut += 1) {
      const engine = engineWith("web:1", "web:2", "db:1", "db:2");
      await bring(engine, old);
      const ids = engine.containers.map((one) => one.id).sort();
      await bring(engine, changed, options, cut);
      await bring(engine, old);
      await bring(engine, old, settled);
      expect(engine.containers.map((one) => one.id).sort()).toEqual(ids);
      expect(engine.containers.every((one) => one.state === "running" && one.restartPolicy === "always")).toBe(true);
    }
  });
});

describe("what must never happen", () => {
  test("a volume whose definition changed stops the plan and keeps the data", async () => {
    const engine = engineWith("db:1");
    const project = sampleProject({ db: { volumes: [{ type: "volume", source: "data", target: "/data" }] } });
    const observed = await engine.observe(observeQuery(project));
    const labels = { [COMPOSE_LABEL.project]: "shop", [COMPOSE_LABEL.configHash]: "another" };
    const volumes = [{ name: "shop_data", driver: "local", labels }];
    expect(() => plan(project, { ...observed, volumes }, options)).toThrow("doesn't match configuration");
  });

  test("an orphan is removed only once the release has settled, and only when pruning", async () => {
    const engine = engineWith("web:1", "old:1");
    await bring(engine, sampleProject({ web: {}, old: {} }));
    const project = sampleProject({ web: {} });
    expect(kinds(await planFor(engine, project))).toEqual([]);
    expect(kinds(await planFor(engine, project, { ...settled, prune: false }))).toEqual([]);
    expect(kinds(await planFor(engine, project, settled))).toEqual([
      "stop-container service:old:1",
      "remove-container service:old:1",
    ]);
  });

  test("a service kept out by a profile is no orphan", async () => {
    const engine = engineWith("web:1", "debug:1");
    await bring(engine, sampleProject({ web: {}, debug: {} }));
    const project = { ...sampleProject({ web: {} }), disabledServices: ["debug"] };
    expect(kinds(await planFor(engine, project, settled))).toEqual([]);
  });

  test("scaling down removes the highest numbers, once settled", async () => {
    const engine = engineWith("web:1");
    const scaled = (scale: number): Project => ({
      ...sampleProject({ web: {} }),
      services: { web: { ...sampleProject({ web: {} }).services["web"], command: null, entrypoint: null, scale } },
    });
    await bring(engine, scaled(3));
    await bring(engine, scaled(1), settled);
    expect(engine.containers.map((container) => container.name)).toEqual(["shop-web-1"]);
  });
});

test("an empty project asks for nothing", async () => {
  expect(kinds(await planFor(engineWith(), emptyProject("none"), settled))).toEqual([]);
});
