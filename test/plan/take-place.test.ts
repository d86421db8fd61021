import { describe, expect, test } from "bun:test";
import { serviceHash } from "../../src/compose/hash.ts";
import { TallymanError } from "../../src/error.ts";
import { observeQuery, type PlanOptions, plan } from "../../src/plan/planner.ts";
import type { Plan } from "../../src/plan.ts";
import type { Project, Service } from "../../src/project.ts";
import { applyPlan } from "../../src/reconcile/apply-plan.ts";
import type { UpdateConfig } from "../../src/service-resources.ts";
import { JumpingClock } from "../support/flow.ts";
import { MemoryEngine } from "../support/memory-engine.ts";
import { sampleProject } from "../support/sample-project.ts";

// Rolling updates over an Engine in memory, whole and cut.

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

function stage(base: PlanOptions = options) {
  const engine = new MemoryEngine(() => new Date("2026-01-01T12:00:00Z"));
  engine.addImage("web:1", "runs");
  const apply = async (project: Project, how: Partial<PlanOptions> = {}): Promise<readonly string[]> => {
    const observed = await engine.observe(observeQuery(project));
    const made = plan(project, observed, { ...base, ...how });
    const nothing = (): void => undefined;
    const parts = { engine, clock: new JumpingClock(), project, observed, labels: {}, onStep: nothing };
    await applyPlan(made, { ...parts, onProgress: nothing }, new AbortController().signal);
    return lines(made);
  };
  const bring = async (project: Project, how: Partial<PlanOptions> = {}): Promise<readonly string[]> => {
    const done = await apply(project, how);
    await apply(project, { ...how, settled: true });
    return done;
  };
  const cut = async (project: Project, operations: number): Promise<void> => {
    let left = operations;
    engine.beforePerform = () => {
      left -= 1;
      if (left < 0) throw new TallymanError("Interrupted", "cut");
    };
    await apply(project).catch((error: unknown) => {
      if (!(error instanceof TallymanError)) throw error;
    });
    engine.beforePerform = () => undefined;
  };
  const state = (): readonly string[] => engine.containers.map(({ name, state: how }) => `${name} ${how}`).sort();
  const ids = (): readonly string[] => engine.containers.map(({ id }) => id).sort();
  return { engine, bring, cut, state, ids, apply };
}

/** `2 start-container` */
const lines = (made: Plan): readonly string[] =>
  made.operations.map((operation) => `${"number" in operation ? `${operation.number} ` : ""}${operation.kind}`);

function web(user: string, update: UpdateConfig, more: Partial<Service> = {}, rollback = update): Project {
  return sampleProject({ web: { user, deploy: { update_config: update, rollback_config: rollback }, ...more } });
}

const REPLACED = ["stop-container", "set-restart-policy", "rename-container"];
const startFirst = { order: "start-first" };

describe("start-first", () => {
  test("stops the old one only once the new one has proven itself", async () => {
    const { bring, state } = stage();
    await bring(web("a", startFirst));
    expect(await bring(web("b", startFirst))).toEqual([
      "1 create-container",
      "1 start-container",
      "1 await-container",
      "1 rename-container",
      "1 rename-container",
      "1 stop-container",
      "1 set-restart-policy",
    ]);
    expect(state()).toEqual(["shop-web-1 running"]);
  });

  test("leaves the old one alone when the new one fails, and the way back removes the new one", async () => {
    const { engine, bring, apply, ids, state } = stage();
    await bring(web("a", startFirst));
    const before = ids();
    engine.addImage("web:bad", "exits 1");
    const failed = await apply(web("b", startFirst, { image: "web:bad" })).catch((error: unknown) => error);
    expect(failed).toMatchObject({ reason: "NotHealthy" });
    expect(state()).toContain("shop-web-1 running");
    await bring(web("a", startFirst), { returning: true });
    expect([ids(), state()]).toEqual([before, ["shop-web-1 running"]]);
  });

  test("brings a former container back beside the one that fails", async () => {
    const { bring, apply, ids } = stage();
    await bring(web("a", startFirst));
    const before = ids();
    await apply(web("b", startFirst));
    const steps = ["start", "await", "rename", "rename", "stop", "remove"].map((verb) => `1 ${verb}-container`);
    expect(await bring(web("a", startFirst), { returning: true })).toEqual(["1 set-restart-policy", ...steps]);
    expect(ids()).toEqual(before);
  });

  test("where it is not possible the old one stops first", async () => {
    const { bring } = stage();
    await bring(web("a", startFirst, { container_name: "w" }));
    const done = await bring(web("b", startFirst, { container_name: "w" }));
    expect(done.indexOf("1 stop-container")).toBeLessThan(done.indexOf("1 start-container"));
  });

  test("is nobody's business for the stand-alone commands", async () => {
    const { returning: _, ...standAlone } = options;
    const { bring } = stage(standAlone);
    await bring(web("a", startFirst));
    expect(await bring(web("b", startFirst))).not.toContain("1 await-container");
  });
});

describe("batches", () => {
  const three = { scale: 3 };
  test("prove themselves one after the other, with a pause between them", async () => {
    const { bring } = stage();
    const update = { delay: "2s" };
    await bring(web("a", update, three));
    const replaced = [...REPLACED, "rename-container", "start-container"];
    const one = (number: number) => replaced.map((kind) => `${number} ${kind}`);
    expect((await bring(web("b", update, three))).slice(3)).toEqual([
      ...one(1),
      "1 await-container",
      "delay",
      ...one(2),
      "2 await-container",
      "delay",
      ...one(3),
    ]);
  });

  test("of 0 are everything at once, without a wait", async () => {
    const { bring } = stage();
    await bring(web("a", { parallelism: 0 }, three));
    expect(await bring(web("b", { parallelism: 0 }, three))).not.toContain("1 await-container");
  });

  test("end at the first that fails: the others serve on", async () => {
    const { engine, bring, apply } = stage();
    await bring(web("a", {}, three));
    engine.addImage("web:bad", "exits 1");
    await apply(web("b", {}, { ...three, image: "web:bad" })).catch(() => undefined);
    const serving = engine.containers.filter(({ state }) => state === "running").map(({ name }) => name);
    expect(serving).toEqual(["shop-web-2", "shop-web-3"]);
  });
});

describe("failures of a rolling update", () => {
  const four = (version: string, update: UpdateConfig) => web(version, update, { scale: 4 });
  /** Replaces four, of which these do not prove themselves (or do not even start); the versions that serve afterwards. */
  async function replaced(
    failing: readonly number[],
    update: UpdateConfig,
    at = "await-container",
    onFailure?: "continue",
  ) {
    const { engine, bring, apply } = stage();
    await bring(four("a", update));
    const former = new Set(engine.containers.map(({ id }) => id));
    engine.beforePerform = (operation) => {
      if (operation.kind === at && "number" in operation && failing.includes(operation.number))
        throw new TallymanError("NotHealthy", "exited with code 1");
    };
    const ended = await apply(four("b", update), { onFailure: onFailure ?? null }).catch((error: unknown) => error);
    const serving = engine.containers.filter(({ name }) => /^shop-web-[0-9]$/.test(name));
    const news = serving.filter(({ id }) => !former.has(id)).map(({ number }) => number);
    return { ended: ended instanceof TallymanError ? ended.reason : "through", news: news.sort((a, b) => a - b) };
  }

  test("within max_failure_ratio end nothing", async () => {
    expect(await replaced([1, 2], { max_failure_ratio: 0.5 })).toEqual({ ended: "through", news: [1, 2, 3, 4] });
  });
  test("beyond it end the update at the one that is too many: the others serve on", async () => {
    expect(await replaced([1, 2, 3], { max_failure_ratio: 0.5 })).toEqual({ ended: "NotHealthy", news: [1, 2, 3] });
    expect(await replaced([2], {})).toEqual({ ended: "NotHealthy", news: [1, 2] });
  });
  test("count once for each container, whether it does not start or does not prove itself", async () => {
    const update = { max_failure_ratio: 0.25 };
    expect(await replaced([1], update, "start-container")).toEqual({ ended: "through", news: [1, 2, 3, 4] });
    expect(await replaced([1, 2], update, "start-container")).toEqual({ ended: "NotHealthy", news: [1, 2] });
  });
  test("are passed over where failure_action, or the stack's own word, is continue", async () => {
    const all = [1, 2, 3, 4];
    expect(await replaced(all, { failure_action: "continue" })).toEqual({ ended: "through", news: all });
    expect(await replaced(all, {}, "await-container", "continue")).toEqual({ ended: "through", news: all });
  });
  test("within the ratio do not keep start-first from going on", async () => {
    const update = { ...startFirst, max_failure_ratio: 0.25 };
    expect(await replaced([3], update)).toEqual({ ended: "through", news: [1, 2, 3, 4] });
    expect(await replaced([1, 3], update)).toEqual({ ended: "NotHealthy", news: [1, 2] });
  });
  test("of one batch count together", async () => {
    const update = { parallelism: 2, max_failure_ratio: 0.25 };
    expect((await replaced([1, 2], update)).ended).toBe("NotHealthy");
  });
});

describe("a rolling update that was cut", () => {
  const kinds: readonly (readonly [string, UpdateConfig, Partial<Service>])[] = [
    ["start-first", startFirst, {}],
    ["start-first of two", { ...startFirst, delay: "1s" }, { scale: 2 }],
    ["start-first of three, two at a time", { ...startFirst, parallelism: 2 }, { scale: 3 }],
    ["stop-first of two", {}, { scale: 2 }],
  ];
  const whole = (more: Partial<Service>): readonly string[] =>
    Array.from({ length: more.scale ?? 1 }, (_, index) => `shop-web-${index + 1} running`);

  test.each(kinds)("%s: ends in the new release wherever it was cut", async (_, update, more) => {
    for (let operations = 0; operations <= 24; operations += 1) {
      const { bring, cut, state, apply } = stage();
      await bring(web("a", update, more));
      await cut(web("b", update, more), operations);
      await bring(web("b", update, more));
      expect([operations, state()]).toEqual([operations, whole(more)]);
      expect(await apply(web("b", update, more), { settled: true })).toEqual([]);
    }
  });

  test.each(kinds)("%s: goes back to the very containers that ran", async (_, update, more) => {
    for (let operations = 0; operations <= 24; operations += 1) {
      const { bring, cut, state, ids } = stage();
      await bring(web("a", update, more));
      const before = ids();
      await cut(web("b", update, more), operations);
      await bring(web("a", update, more), { returning: true });
      expect([operations, state(), ids()]).toEqual([operations, whole(more), before]);
    }
  });

  test.each(kinds)("%s: a third release takes over from both", async (_, update, more) => {
    for (let operations = 0; operations <= 24; operations += 1) {
      const { bring, cut, state } = stage();
      await bring(web("a", update, more));
      await cut(web("b", update, more), operations);
      await bring(web("c", update, more));
      expect([operations, state()]).toEqual([operations, whole(more)]);
    }
  });
});

test("a restart policy that somebody set is set right in place", async () => {
  const { bring, engine, apply } = stage();
  await bring(web("a", {}));
  const [container] = engine.containers;
  const drifted = new Map([[container?.id ?? "", ["restart policy"]]]);
  expect(await apply(web("a", {}), { basis: { ...options.basis, drifted } })).toEqual(["1 set-restart-policy"]);
});

test("a field that cannot be set in place makes the container anew", async () => {
  const { bring, engine, apply } = stage();
  await bring(web("a", {}));
  const [container] = engine.containers;
  const drifted = new Map([[container?.id ?? "", ["memory limit"]]]);
  expect(await apply(web("a", {}), { basis: { ...options.basis, drifted } })).toContain("1 create-container");
});

describe("a container that is not in its network", () => {
  const detached = (engine: MemoryEngine): void => {
    engine.containers = engine.containers.map((container) => ({ ...container, networks: [] }));
  };
  const rejoins = { basis: { ...options.basis, rejoins: true } };

  test("is put into it and stays who it is", async () => {
    const { bring, engine, apply, ids, state } = stage();
    await bring(web("a", {}));
    const before = ids();
    detached(engine);
    const drifted = new Map(before.map((id) => [id, ["network shop_default"]]));
    const told = { basis: { ...rejoins.basis, drifted } };
    expect(await apply(web("a", {}), told)).toEqual(["1 stop-container", "1 connect-network", "1 start-container"]);
    expect([ids(), state()]).toEqual([before, ["shop-web-1 running"]]);
    expect(await apply(web("a", {}), rejoins)).toEqual([]);
  });

  test("comes back into it on the way back", async () => {
    const { bring, cut, engine, ids, apply } = stage();
    await bring(web("a", {}));
    const before = ids();
    await cut(web("b", {}), 24);
    detached(engine);
    const done = await apply(web("a", {}), { ...rejoins, returning: true });
    expect(done).toContain("1 connect-network");
    await bring(web("a", {}), { returning: true });
    expect(ids()).toEqual(before);
  });

  test("is made anew where Docker Compose would", async () => {
    const { bring, engine, apply } = stage();
    await bring(web("a", {}));
    detached(engine);
    expect(await apply(web("a", {}))).toContain("1 create-container");
  });
});
