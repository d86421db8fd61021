import { expect, test } from "bun:test";
import { isEmpty } from "../../src/plan.ts";
import { composeDown, composePlan, composeUp } from "../../src/reconcile/compose-project.ts";
import { JumpingClock } from "../support/flow.ts";
import { MemoryEngine } from "../support/memory-engine.ts";
import { sampleProject } from "../support/sample-project.ts";

const options = { start: true, removeOrphans: false, waitMs: null };
const signal = new AbortController().signal;

function parts() {
  const clock = new JumpingClock();
  const engine = new MemoryEngine(() => clock.now());
  engine.addImage("web:1", "healthy");
  engine.addImage("web:2", "unhealthy");
  const warnings: string[] = [];
  const onWarning = (text: string): void => void warnings.push(text);
  return { engine, clock, warnings, onStep: () => undefined, onProgress: () => undefined, onWarning };
}

test("up twice performs nothing the second time, and the plan is empty in between", async () => {
  const own = parts();
  await composeUp(sampleProject({ web: {} }), options, own, signal);
  const performed = own.engine.performed.length;
  expect(isEmpty(await composePlan(sampleProject({ web: {} }), options, own, signal))).toBe(true);
  await composeUp(sampleProject({ web: {} }), options, own, signal);
  expect(own.engine.performed).toHaveLength(performed);
});

test("a replaced container is not kept", async () => {
  const own = parts();
  await composeUp(sampleProject({ web: {} }), options, own, signal);
  await composeUp(sampleProject({ web: { image: "web:2" } }), options, own, signal);
  expect(own.engine.containers.map((container) => `${container.name} ${container.image}`)).toEqual([
    "shop-web-1 web:2",
  ]);
});

test("what ends at once is started once by each up", async () => {
  const own = parts();
  own.engine.addImage("once:1", "exits 0");
  const project = sampleProject({ once: { restart: "no" }, plain: { image: "once:1" } });
  await composeUp(project, options, own, signal);
  const starts = () => own.engine.performed.filter((line) => line.startsWith("start-container"));
  expect(starts()).toEqual(["start-container service:once:1", "start-container service:plain:1"]);
  await composeUp(project, options, own, signal);
  expect(starts()).toHaveLength(4);
});

test("an orphan is warned about, and goes with removeOrphans", async () => {
  const own = parts();
  await composeUp(sampleProject({ web: {}, old: { image: "web:1" } }), options, own, signal);
  await composeUp(sampleProject({ web: {} }), options, own, signal);
  expect(own.warnings).toHaveLength(1);
  expect(own.engine.containers).toHaveLength(2);
  await composeUp(sampleProject({ web: {} }), { ...options, removeOrphans: true }, own, signal);
  expect(own.engine.containers).toHaveLength(1);
});

test("waiting answers with every service's verdict", async () => {
  const own = parts();
  const verdicts = await composeUp(
    sampleProject({ web: { image: "web:2" } }),
    { ...options, waitMs: 60_000 },
    own,
    signal,
  );
  expect(verdicts.map((verdict) => verdict.verdict)).toEqual(["unhealthy"]);
});

test("down leaves nothing but the volumes", async () => {
  const own = parts();
  await composeUp(
    sampleProject({ web: { volumes: [{ type: "volume", source: "data", target: "/d" }] } }),
    options,
    own,
    signal,
  );
  await composeDown("shop", { volumes: false, removeOrphans: false }, own, signal);
  expect([own.engine.containers.length, own.engine.networks.size, own.engine.volumes.size]).toEqual([0, 0, 1]);
});

test("--force-recreate makes every container anew, once, and --no-recreate none", async () => {
  const own = parts();
  const ids = () => own.engine.containers.map(({ id }) => id);
  await composeUp(sampleProject({ web: {} }), options, own, signal);
  const first = ids();
  await composeUp(sampleProject({ web: {} }), { ...options, recreate: "always" }, own, signal);
  const second = ids();
  expect([second.length, second[0] === first[0]]).toEqual([1, false]);
  await composeUp(sampleProject({ web: { command: ["other"] } }), { ...options, recreate: "never" }, own, signal);
  expect(ids()).toEqual(second);
});
