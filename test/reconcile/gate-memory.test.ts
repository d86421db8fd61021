import { expect, test } from "bun:test";
import { GateMemory } from "../../src/reconcile/gate-memory.ts";
import { JumpingClock } from "../support/flow.ts";
import { runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const web = runningContainer(sampleProject({ web: {} }), "web");

test("a container that the change started counts its restarts from none, another one from those it had", () => {
  const clock = new JumpingClock();
  const restarted = { ...web, restartCount: 2 };
  const started = new GateMemory(clock, { beganAtMonotonic: clock.monotonic(), startedIds: [web.id] });
  expect(started.after([restarted]).restartsBefore.get(web.id)).toBe(0);
  expect(new GateMemory(clock).after([restarted]).restartsBefore.get(web.id)).toBe(2);
});

test("a container is watched from when it was first seen running, and anew after another start", async () => {
  const clock = new JumpingClock();
  const memory = new GateMemory(clock);
  const first = memory.after([web]).seenSince?.get(web.id);
  await clock.sleep(3_000, new AbortController().signal);
  expect(memory.after([web]).seenSince?.get(web.id)).toBe(first);
  const again = memory.after([{ ...web, startedAt: clock.now().toISOString() }]);
  expect(again.seenSince?.get(web.id)).toBe(again.now);
  expect(memory.after([{ ...web, state: "exited" }]).seenSince?.has(web.id)).toBe(false);
});
