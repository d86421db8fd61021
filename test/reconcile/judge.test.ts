import { describe, expect, test } from "bun:test";
import type { ObservedContainer } from "../../src/observed-state.ts";
import type { Service } from "../../src/project.ts";
import { type GateClock, gateDeadlineMs, judge } from "../../src/reconcile/judge.ts";
import { sampleProject } from "../support/sample-project.ts";

const began = Date.parse("2026-01-01T12:00:00Z");
const healthy: ObservedContainer = {
  id: "c1",
  name: "shop-web-1",
  serviceName: "web",
  number: 1,
  oneOff: false,
  state: "running",
  health: "healthy",
  exitCode: 0,
  restartCount: 0,
  oomKilled: false,
  error: "",
  startedAt: "2026-01-01T12:00:00Z",
  finishedAt: null,
  createdAt: "2026-01-01T12:00:00Z",
  configHash: "a",
  imageId: "i",
  image: "web:1",
  labels: {},
  restartPolicy: "always",
  networks: [],
  mounts: [],
  healthLog: [],
};

function verdictOf(
  container: Partial<ObservedContainer>,
  service: Partial<Service> = {},
  afterMs = 1_000,
  restartsBefore = 0,
): string {
  const project = sampleProject({ web: service });
  const clock = { beganAt: began, now: began + afterMs, restartsBefore: new Map([["c1", restartsBefore]]) };
  const [judgement] = judge(project, [{ ...healthy, ...container }], clock);
  return `${judgement?.verdict}: ${judgement?.summary}`;
}

describe("a service with a healthcheck", () => {
  test("is healthy when Docker says so", () => expect(verdictOf({})).toBe("healthy: its healthcheck passes"));
  test("is pending while it starts", () =>
    expect(verdictOf({ health: "starting" })).toBe("pending: its healthcheck has not passed yet"));
  test("fails when Docker says unhealthy", () =>
    expect(verdictOf({ health: "unhealthy" })).toBe("unhealthy: its healthcheck fails"));
  test("may restart once", () => expect(verdictOf({ restartCount: 1, health: "starting" })).toStartWith("pending"));
  test("fails when it restarts more than once", () =>
    expect(verdictOf({ restartCount: 2, health: "starting", state: "restarting", exitCode: 3 })).toBe(
      "unhealthy: restarted 2 times, last exit code 3",
    ));
  test("has no exit code to tell while it runs again", () =>
    expect(verdictOf({ restartCount: 2, health: "starting" })).toBe("unhealthy: restarted 2 times"));
  test("is not blamed for restarts of earlier days", () =>
    expect(verdictOf({ restartCount: 7 }, {}, 1_000, 7)).toStartWith("healthy"));
  test("fails when its deadline passes", () =>
    expect(verdictOf({ health: "starting" }, {}, 181_000)).toBe(
      "unhealthy: its healthcheck has not passed yet, beyond its deadline",
    ));
});

describe("a service without a healthcheck", () => {
  test("is pending inside the stability window", () =>
    expect(verdictOf({ health: "none" }, {}, 4_000)).toBe("pending: running, 4 s of 10 s"));
  test("is healthy after it", () =>
    expect(verdictOf({ health: "none" }, {}, 10_000)).toBe("healthy: ran 10 s without a restart"));
  test("takes its window from deploy.update_config.monitor", () =>
    expect(verdictOf({ health: "none" }, { deploy: { update_config: { monitor: "2s" } } }, 2_000)).toStartWith(
      "healthy",
    ));
  test("fails when it exits, with code and time", () =>
    expect(verdictOf({ health: "none", state: "exited", exitCode: 1, finishedAt: "2026-01-01T12:00:04Z" })).toBe(
      "unhealthy: exited with code 1 after 4 s",
    ));
  test("fails at its first restart", () =>
    expect(verdictOf({ health: "none", restartCount: 1 })).toStartWith("unhealthy: restarted once"));
  test("fails while it waits for the next restart of a loop that is older than the gate", () =>
    expect(verdictOf({ health: "none", state: "restarting", restartCount: 7, exitCode: 1 }, {}, 1_000, 7)).toBe(
      "unhealthy: keeps restarting, last exit code 1",
    ));
  test("fails when it exits 0 though it should run", () =>
    expect(verdictOf({ health: "none", state: "exited", finishedAt: "2026-01-01T12:00:01Z" })).toStartWith(
      "unhealthy: exited with code 0",
    ));
  test("says when memory ran out", () =>
    expect(verdictOf({ health: "none", state: "exited", exitCode: 137, oomKilled: true })).toContain("out of memory"));
});

describe("a job", () => {
  const job = { restart: "no" };
  test("is healthy when it ended with code 0", () =>
    expect(verdictOf({ state: "exited", health: "none" }, job)).toBe("healthy: ended with code 0"));
  test("is pending while it runs", () =>
    expect(verdictOf({ health: "none" }, job)).toBe("pending: the job is running"));
  test("fails with another code", () =>
    expect(verdictOf({ state: "exited", exitCode: 2, health: "none" }, job)).toStartWith(
      "unhealthy: exited with code 2",
    ));
  test("has ten minutes", () => expect(verdictOf({ health: "none" }, job, 601_000)).toContain("beyond its deadline"));
});

describe("a sceptic asks of", () => {
  const judged = (container: Partial<ObservedContainer>, service: Partial<Service>, clock: Partial<GateClock>) => {
    const always = { beganAt: began, now: began, restartsBefore: new Map() };
    const [one] = judge(sampleProject({ web: service }), [{ ...healthy, ...container }], { ...always, ...clock });
    return `${one?.verdict}: ${one?.summary}`;
  };
  const minutes = (count: number): number => began + count * 60_000;

  test("a paused container: it never counts as healthy, and not for ever as pending", () => {
    expect(judged({ state: "paused" }, {}, { now: minutes(1) })).toBe("pending: is paused");
    expect(judged({ state: "paused", health: "none" }, {}, { now: minutes(10) })).toBe(
      "unhealthy: is paused, beyond its deadline",
    );
  });
  test("a healthcheck that starts for ever", () =>
    expect(judged({ health: "starting" }, {}, { now: minutes(60) })).toStartWith("unhealthy"));
  test("one that the image brings with a long start period: it has that time", () => {
    const slow = { health: "starting", healthDeadlineMs: 900_000 } as const;
    expect(judged(slow, {}, { now: minutes(14) })).toStartWith("pending");
    expect(judged(slow, {}, { now: minutes(16) })).toStartWith("unhealthy");
  });
  test("a healthcheck that is disabled: only the stability window proves anything", () =>
    expect(judged({ health: "none" }, { healthcheck: { disable: true } }, { now: began + 1_000 })).toStartWith(
      "pending: running",
    ));
  test("a stability window that is longer than any deadline: it is waited for", () => {
    const service = { deploy: { update_config: { monitor: "10m" } } };
    expect(judged({ health: "none" }, service, { now: minutes(9) })).toBe("pending: running, 540 s of 600 s");
    expect(judged({ health: "none" }, service, { now: minutes(10) })).toStartWith("healthy");
  });
  test("monitor beside a healthcheck: both must be fulfilled", () => {
    const service = { deploy: { update_config: { monitor: "1m" } } };
    expect(judged({}, service, { now: began + 30_000 })).toBe("pending: running, 30 s of 60 s");
    expect(judged({}, service, { now: minutes(1) })).toBe("healthy: its healthcheck passes");
  });
  test("the way back: rollback_config says how long, and how many may fail", () => {
    const deploy = { update_config: { monitor: "1m" }, rollback_config: { monitor: "2s" } };
    const after = (ms: number, returning: boolean) =>
      judged({ health: "none" }, { deploy }, { now: began + ms, returning });
    expect([after(3_000, true), after(3_000, false)].map((one) => one.split(":")[0])).toEqual(["healthy", "pending"]);
    const only = { deploy: { update_config: { monitor: "1m" } } };
    expect(judged({ health: "none" }, only, { now: began + 3_000, returning: true })).toStartWith("pending");
  });
  test("an Engine whose clock is behind: nothing ran before the change that started it", () => {
    const long = { health: "none", startedAt: "2026-01-01T11:00:00Z" } as const;
    expect(judged(long, {}, { startedAfter: new Map([["c1", began - 2_000]]) })).toBe("pending: running, 2 s of 10 s");
    expect(judged(long, {}, {})).toStartWith("healthy");
  });
  test("an Engine whose clock is ahead: what was watched counts", () => {
    const later = { health: "none", startedAt: "2026-01-01T13:00:00Z" } as const;
    expect(judged(later, {}, { now: minutes(1) })).toStartWith("pending");
    expect(judged(later, {}, { now: minutes(1), seenSince: new Map([["c1", began]]) })).toStartWith("healthy");
  });
  test("memory that ran out, and a restart that hides it", () =>
    expect(
      judged({ health: "none", state: "restarting", restartCount: 1, exitCode: 137, oomKilled: true }, {}, {}),
    ).toBe("unhealthy: restarted once, last exit code 137, out of memory"));
  test("a job that its restart policy starts again and again", () => {
    const job = { restart: "on-failure" };
    expect(judged({ state: "restarting", exitCode: 1, health: "none" }, job, { now: minutes(1) })).toBe(
      "pending: the job is restarting",
    );
    expect(judged({ state: "running", health: "none", restartCount: 9 }, job, { now: minutes(11) })).toStartWith(
      "unhealthy",
    );
  });
  test("replicas of which one is missing and one is bad: what is bad is told at once", () => {
    const containers = [{ ...healthy, health: "unhealthy" as const }];
    const clock = { beganAt: began, now: began, restartsBefore: new Map() };
    expect(judge(sampleProject({ web: { scale: 2 } }), containers, clock)[0]?.summary).toBe("its healthcheck fails");
  });
  test("a replica that never gets there: it counts as one that failed", () => {
    const deploy = { replicas: 2, update_config: { max_failure_ratio: 0.5 } };
    const two = [healthy, { ...healthy, id: "c2", number: 2, health: "starting" as const }];
    const after = (now: number) =>
      judge(sampleProject({ web: { deploy } }), two, { beganAt: began, now, restartsBefore: new Map() })[0];
    expect(after(minutes(1))?.verdict).toBe("pending");
    expect(after(minutes(10))).toMatchObject({
      verdict: "healthy",
      summary: "1 of 2 failed (its healthcheck has not passed yet, beyond its deadline), within max_failure_ratio",
    });
  });
});

test("a service that is scaled to 0 is healthy at once", () => {
  const [judgement] = judge(sampleProject({ web: { scale: 0 } }), [], {
    beganAt: began,
    now: began,
    restartsBefore: new Map(),
  });
  expect(judgement?.verdict).toBe("healthy");
});

test("a missing container is awaited, then counts as failed", () => {
  const judged = (now: number) =>
    judge(sampleProject({ web: { scale: 2 } }), [healthy], { beganAt: began, now, restartsBefore: new Map() })[0];
  expect(judged(began)).toMatchObject({ verdict: "pending", summary: "1 of 2 containers exist" });
  expect(judged(began + 3_600_000)).toMatchObject({ verdict: "unhealthy" });
});

test("a retained container is nobody's evidence", () => {
  const retained = {
    ...healthy,
    id: "c0",
    name: "shop-web-1_retained_0123456789ab",
    state: "exited" as const,
    exitCode: 143,
  };
  const [judgement] = judge(sampleProject({ web: {} }), [retained, healthy], {
    beganAt: began,
    now: began,
    restartsBefore: new Map(),
  });
  expect(judgement?.verdict).toBe("healthy");
});

test("the deadline is start_period + interval × (retries + 1) + timeout + 30 s", () => {
  const healthcheck = { start_period: "20s", interval: "5s", retries: 2, timeout: "3s" };
  expect(gateDeadlineMs(sampleProject({ web: { healthcheck } }), "web")).toBe(20_000 + 5_000 * 3 + 3_000 + 30_000);
});

test("nothing is ever judged healthy that does not run or has not ended well", () => {
  const states = ["created", "running", "paused", "restarting", "removing", "exited", "dead"] as const;
  const healths = ["none", "starting", "healthy", "unhealthy"] as const;
  for (const state of states) {
    for (const health of healths) {
      for (const restart of ["always", "no"]) {
        const verdict = verdictOf({ state, health, exitCode: 1 }, { restart }, 20_000);
        if (verdict.startsWith("healthy")) expect([state, restart]).toEqual(["running", "always"]);
      }
    }
  }
});

describe("over any sequence of what an Engine may tell", () => {
  /** One moment of a container's life, as an inspect shows it. */
  interface Moment {
    readonly at: number;
    readonly state: ObservedContainer["state"];
    readonly health: ObservedContainer["health"];
    readonly exitCode: number;
    readonly restarts: number;
    readonly startedAt: number;
  }

  /** A life that follows the Engine's own rules, by a fixed sequence of chances. */
  function life(chance: () => number, checked: boolean): readonly Moment[] {
    const moments: Moment[] = [];
    let now: Moment = { at: began, state: "created", health: "none", exitCode: 0, restarts: 0, startedAt: began };
    for (let step = 0; step < 40; step += 1) {
      const at = now.at + Math.floor(chance() * 4_000);
      now = { ...next(now, at, chance(), checked), at };
      moments.push(now);
    }
    return moments;
  }

  function next(now: Moment, at: number, roll: number, checked: boolean): Moment {
    const starting = { state: "running", health: checked ? "starting" : "none", startedAt: at } as const;
    if (now.state === "created") return roll < 0.8 ? { ...now, ...starting } : now;
    if (now.state === "exited") return roll < 0.4 ? { ...now, ...starting, restarts: now.restarts + 1 } : now;
    if (roll < 0.06) return { ...now, state: "exited", health: "none", exitCode: roll < 0.02 ? 0 : 1 };
    if (checked && roll < 0.4) return { ...now, health: roll < 0.12 ? "unhealthy" : "healthy" };
    return now;
  }

  /** Park and Miller's generator: the same lives in every run. */
  function chances(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
  }

  test.each([true, false])("healthy is only said of what was proven (healthcheck: %p)", (checked) => {
    let told = 0;
    for (let seed = 1; seed <= 400; seed += 1) {
      for (const moment of life(chances(seed * 7_919), checked)) {
        const container = {
          ...healthy,
          state: moment.state,
          health: moment.health,
          exitCode: moment.exitCode,
          restartCount: moment.restarts,
          startedAt: new Date(moment.startedAt).toISOString(),
        };
        const clock = { beganAt: began, now: moment.at, restartsBefore: new Map([[healthy.id, 0]]) };
        const [judgement] = judge(sampleProject({ web: {} }), [container], clock);
        if (judgement?.verdict !== "healthy") continue;
        told += 1;
        expect(moment.state).toBe("running");
        if (checked) expect(moment.health).toBe("healthy");
        else expect([moment.at - moment.startedAt >= 10_000, moment.restarts]).toEqual([true, 0]);
      }
    }
    expect(told).toBeGreaterThan(100);
  });

  test("as many replicas may fail as max_failure_ratio says, and no more", () => {
    const replicas = (failed: number) =>
      Array.from({ length: 4 }, (_, index) => ({
        ...healthy,
        id: `c${index}`,
        number: index + 1,
        ...(index < failed ? { health: "unhealthy" as const } : {}),
      }));
    const deploy = { replicas: 4, update_config: { max_failure_ratio: 0.5 } };
    const verdict = (failed: number) =>
      judge(sampleProject({ web: { deploy } }), replicas(failed), {
        beganAt: began,
        now: began,
        restartsBefore: new Map(),
      })[0];
    expect([0, 1, 2, 3, 4].map((failed) => verdict(failed)?.verdict)).toEqual([
      "healthy",
      "healthy",
      "healthy",
      "unhealthy",
      "unhealthy",
    ]);
    expect(verdict(2)?.summary).toBe("2 of 4 failed (its healthcheck fails), within max_failure_ratio");
  });
});
