import { expect, test } from "bun:test";
import type { ObservedContainer } from "../../src/observed-state.ts";
import { StackPasses } from "../../src/reconcile/stack-passes.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";
import { sampleProject } from "../support/sample-project.ts";

// A release that passed its gate and turns bad later: that is shown and told, and nobody goes back from it by himself.

async function released() {
  const made = memoryFlow();
  made.engine.addImage("web:1", "healthy");
  made.engine.addImage("web:2", "healthy");
  made.history.now = () => made.clock.now();
  const passes = new StackPasses(sampleStack, made.parts, () => null);
  const never = new AbortController().signal;
  const pass = (trigger: "poll" | "drift" = "poll") => passes.pass(trigger, never, never);
  for (const version of ["1", "2"]) {
    made.source.push(version, sampleProject({ web: { image: `web:${version}` } }));
    await pass();
  }
  const become = (changes: Partial<ObservedContainer>): void => {
    made.engine.containers = made.engine.containers.map((one) => ({ ...one, ...changes }));
  };
  const notices = () =>
    made.events.flatMap((event) => (event.type === "notice" ? [`${event.tone}: ${event.message}`] : []));
  return { ...made, pass, become, notices };
}

test("unhealthy after ten minutes is told once, changes nothing, and so is told that it is over", async () => {
  const { pass, become, notices, engine, history, clock } = await released();
  const before = [engine.performed.length, history.rows.length];
  clock.time += 600_000;
  become({ health: "unhealthy" });
  expect(await pass("drift")).toMatchObject({ outcome: "in-sync", commit: "2" });
  for (let poll = 0; poll < 50; poll += 1) await pass();
  expect(notices()).toEqual(["bad: web is unhealthy"]);
  expect([engine.performed.length, history.rows.length]).toEqual(before);
  become({ health: "healthy" });
  await pass("drift");
  await pass();
  expect(notices()).toEqual(["bad: web is unhealthy", "good: all is well again"]);
});

test("a restart loop that begins after an hour is told, and left to the Engine", async () => {
  const { pass, become, notices, engine, clock } = await released();
  const { length } = engine.performed;
  clock.time += 3_600_000;
  become({ state: "restarting", restartCount: 4, exitCode: 1 });
  await pass("drift");
  expect([notices(), engine.performed.length]).toEqual([["bad: web is restarting"], length]);
});

test("a crash after a minute is repaired by a start; when that fails as well it stays where it is", async () => {
  const { pass, become, notices, engine, history, clock } = await released();
  const [container] = engine.containers;
  clock.time += 60_000;
  become({ state: "exited", exitCode: 3 });
  expect(await pass("drift")).toMatchObject({ outcome: "healthy" });
  expect(engine.containers.map(({ id, state }) => [id, state])).toEqual([[container?.id ?? "", "running"]]);
  expect(notices()).toEqual([]);
  engine.behaviours.set("sha256:web:2", "exits 1");
  become({ state: "exited", exitCode: 3 });
  expect(await pass("drift")).toMatchObject({ outcome: "failed" });
  const rows = history.rows.length;
  for (let poll = 0; poll < 20; poll += 1) await pass();
  expect([history.rows[0]?.commit, history.rows.length]).toEqual(["2", rows]);
  expect(notices()).toHaveLength(1);
});
