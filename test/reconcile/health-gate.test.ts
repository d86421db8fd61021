import { expect, test } from "bun:test";
import type { ObservedContainer } from "../../src/observed-state.ts";
import { healthGate } from "../../src/reconcile/health-gate.ts";
import { JumpingClock } from "../support/flow.ts";
import { MemoryEngine } from "../support/memory-engine.ts";
import { runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = sampleProject({ web: {} });

function gate(
  changes: Parameters<typeof runningContainer>[3],
  whileWaiting: (engine: MemoryEngine, inspections: number) => void = () => undefined,
  started = false,
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
  const change = started ? { change: { beganAtMonotonic: clock.monotonic() - 1_000, startedIds: ids } } : {};
  const parts = { engine, clock, onProgress, ...change };
  const verdicts = healthGate(project, ids, parts, new AbortController().signal);
  return { verdicts, seen, clock };
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

test("a container that somebody removes meanwhile is no fault of the release, and not waited for", async () => {
  const { verdicts } = gate({ health: "starting" }, (engine, inspections) => {
    if (inspections > 1) engine.containers = [];
  });
  expect(await verdicts.catch((thrown: unknown) => thrown)).toMatchObject({
    reason: "EngineFailed",
    message: expect.stringContaining("was removed while it proved itself"),
  });
});

const change = (engine: MemoryEngine, changes: Partial<ObservedContainer>): void => {
  engine.containers = engine.containers.map((one) => ({ ...one, ...changes }));
};

test("a restart between the start and the first look counts, one of earlier days does not", async () => {
  const crashed = { restartCount: 1 };
  expect((await gate(crashed, undefined, true).verdicts)[0]).toMatchObject({
    verdict: "unhealthy",
    summary: "restarted once",
  });
  expect((await gate(crashed).verdicts)[0]?.verdict).toBe("healthy");
});

test("a container that restarted and runs again is told with the code that only the Engine's events still know", async () => {
  const { verdicts } = gate(
    { restartCount: 1 },
    (engine) => engine.ended.set(engine.containers[0]?.id ?? "", [1, 5]),
    true,
  );
  expect((await verdicts)[0]).toMatchObject({
    summary: "restarted once, last exit code 5",
    evidence: { exitCodes: [5] },
  });
});

test("a restart by hand sets the count back, and those that follow count again", async () => {
  const { verdicts } = gate({ restartCount: 5 }, (engine, inspections) => {
    if (inspections === 2) change(engine, { restartCount: 0 });
    if (inspections === 3) change(engine, { restartCount: 2, state: "restarting", exitCode: 7 });
  });
  expect((await verdicts)[0]).toMatchObject({ verdict: "unhealthy", summary: "restarted 2 times, last exit code 7" });
});

test("an Engine that says a new container ran for an hour is not believed", async () => {
  const { verdicts, clock } = gate({ startedAt: "2026-01-01T11:00:00Z" }, undefined, true);
  const from = clock.monotonic();
  expect((await verdicts)[0]?.verdict).toBe("healthy");
  expect(clock.monotonic() - from).toBeGreaterThanOrEqual(9_000);
});

test("an Engine whose clock is an hour ahead does not keep a good container from being healthy", async () => {
  const { verdicts } = gate({ startedAt: "2026-01-01T13:00:00Z" }, undefined, true);
  expect((await verdicts)[0]).toMatchObject({ verdict: "healthy", summary: "ran 10 s without a restart" });
});

test("a start that nobody saw begins the stability window anew", async () => {
  const { verdicts, clock } = gate({}, (engine, inspections) => {
    if (inspections === 4) change(engine, { startedAt: new Date(clock.monotonic()).toISOString() });
  });
  const from = clock.monotonic();
  expect((await verdicts)[0]?.verdict).toBe("healthy");
  expect(clock.monotonic() - from).toBeGreaterThan(12_000);
});

test("the end of a stability window is looked at when it comes, not at the next round", async () => {
  const { verdicts, clock } = gate({ startedAt: "2026-01-01T11:59:51.500Z" });
  const from = clock.monotonic();
  await verdicts;
  expect(clock.monotonic() - from).toBe(1_500);
});
