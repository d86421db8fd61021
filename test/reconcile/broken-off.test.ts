import { expect, test } from "bun:test";
import { evidenceOf } from "../../src/reconcile/broken-off.ts";
import { JumpingClock } from "../support/flow.ts";
import { MemoryEngine } from "../support/memory-engine.ts";
import { runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const two = sampleProject({ web: {}, job: { restart: "no" }, db: {} });
const change = { beganAtMonotonic: 0, startedIds: [] };

test("what a change that broke off left is told with its evidence, and nothing of those that are well", async () => {
  const clock = new JumpingClock();
  const engine = new MemoryEngine(() => clock.now());
  engine.containers = [
    runningContainer(two, "web", 1, { state: "exited", exitCode: 3 }),
    runningContainer(two, "job"),
    runningContainer(two, "db", 1, { health: "healthy" }),
  ];
  const ids = engine.containers.map(({ id }) => id);
  const found = await evidenceOf(two, ids, "job", { engine, clock, change }, new AbortController().signal);
  expect(found.map(({ service, verdict, summary }) => `${service} ${verdict}: ${summary}`).sort()).toEqual([
    "job unhealthy: the job is running",
    "web unhealthy: exited with code 3 after 0 s",
  ]);
  expect(found.every(({ evidence }) => evidence.logTail[0]?.includes("last words of"))).toBe(true);
});

test("no evidence is no reason to wait: an Engine that is away gives none", async () => {
  const clock = new JumpingClock();
  const engine = new MemoryEngine(() => clock.now());
  engine.inspect = async () => {
    throw new Error("away");
  };
  expect(await evidenceOf(two, ["x"], "web", { engine, clock, change }, new AbortController().signal)).toEqual([]);
});
