import { expect, test } from "bun:test";
import { healthGate } from "../../src/reconcile/health-gate.ts";
import { JumpingClock } from "../support/flow.ts";
import { MemoryEngine } from "../support/memory-engine.ts";
import { runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = sampleProject({ web: {} });

function gate(
  changes: Parameters<typeof runningContainer>[3],
  whileWaiting: (engine: MemoryEngine, inspections: number) => void = () => undefined,
) {
  const clock = new JumpingClock();
  const engine = new MemoryEngine(() => clock.now());
  engine.containers = [runningContainer(project, "web", 1, { startedAt: clock.now().toISOString(), ...changes })];
  let inspections = 0;
  const inspect = engine.inspect.bind(engine);
  engine.inspect = async (id) => {
    inspections += 1;
    whileWaiting(engine, inspections);
    return await inspect(id);
  };
  const seen: string[] = [];
  const onProgress = (judgements: readonly { verdict: string; summary: string }[]) =>
    seen.push(judgements.map((one) => one.summary).join());
  const ids = engine.containers.map((one) => one.id);
  const verdicts = healthGate(project, ids, { engine, clock, onProgress }, new AbortController().signal);
  return { verdicts, seen };
}

test("waits until the healthcheck passes, and tells each step once", async () => {
  const { verdicts, seen } = gate({ health: "starting" }, (engine, inspections) => {
    if (inspections === 4) engine.containers = engine.containers.map((one) => ({ ...one, health: "healthy" }));
  });
  expect((await verdicts)[0]).toMatchObject({ service: "web", verdict: "healthy" });
  expect(seen).toEqual(["its healthcheck has not passed yet", "its healthcheck passes"]);
});

test("ends at the first failure with exit code, health log and the container's last words", async () => {
  const healthLog = [{ exitCode: 1, output: "connection refused", at: "2026-01-01T12:00:01Z" }];
  const { verdicts } = gate({ state: "exited", exitCode: 3, health: "unhealthy", healthLog });
  const [verdict] = await verdicts;
  expect(verdict).toMatchObject({ verdict: "unhealthy", evidence: { exitCodes: [3], healthLog } });
  expect(verdict?.evidence.logTail[0]).toContain("last words of");
});

test("a flapping start is no failure until Docker says unhealthy", async () => {
  const { verdicts } = gate({ health: "starting" }, (engine, inspections) => {
    const health = inspections === 6 ? "healthy" : "starting";
    engine.containers = engine.containers.map((one) => ({ ...one, health }));
  });
  expect((await verdicts)[0]?.verdict).toBe("healthy");
});

test("a container that vanishes is not healthy", async () => {
  const { verdicts } = gate({ health: "starting" }, (engine) => {
    engine.containers = [];
  });
  expect((await verdicts)[0]).toMatchObject({ verdict: "unhealthy" });
});
