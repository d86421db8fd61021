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
  return { engine, clock, onStep: () => undefined, onProgress: () => undefined };
}

test("up twice performs nothing the second time, and the plan is empty in between", async () => {
  const own = parts();
  await composeUp(sampleProject({ web: {} }), options, own, signal);
  const performed = own.engine.performed.length;
  expect(isEmpty(await composePlan(sampleProject({ web: {} }), options, own.engine, signal))).toBe(true);
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
  await composeDown("shop", false, own, signal);
  expect([own.engine.containers.length, own.engine.networks.size, own.engine.volumes.size]).toEqual([0, 0, 1]);
});
