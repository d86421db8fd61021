import { describe, expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { Lane } from "../../src/reconcile/lane.ts";
import type { PassTrigger } from "../../src/reconcile/pass.ts";
import { StackPasses } from "../../src/reconcile/stack-passes.ts";
import type { Hold, Stack } from "../../src/stack.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";
import { sampleProject } from "../support/sample-project.ts";

const web = (version: string) => sampleProject({ web: { image: `web:${version}` } });

/** A stack whose passes are asked for one by one. */
function flow(stack: Stack = sampleStack) {
  const made = memoryFlow();
  for (const version of ["1", "2", "3"]) made.engine.addImage(`web:${version}`, "healthy");
  made.engine.addImage("web:bad", "unhealthy");
  const passes = new StackPasses(stack, made.parts, () => null);
  const never = new AbortController().signal;
  const pass = (trigger: PassTrigger = "poll") => passes.pass(trigger, never, never);
  const hold = (kind: Hold["kind"], deploymentId: string | null = null) =>
    made.holds.place(stack.name, { kind, by: "ada", why: "", at: "2026-01-01T12:00:00Z", deploymentId });
  const notices = () => made.events.filter(({ type }) => type === "notice");
  return { ...made, passes, pass, hold, notices };
}

describe("holds", () => {
  test("a suspended stack is polled and not changed, and goes on when it is resumed", async () => {
    const { pass, source, hold, holds, engine } = flow();
    source.push("aaa", web("1"));
    await pass();
    await hold("suspended");
    source.push("bbb", web("2"));
    const before = engine.performed.length;
    expect(await pass()).toMatchObject({ outcome: "suspended" });
    expect(await pass("deploy")).toMatchObject({ outcome: "suspended" });
    expect(engine.performed).toHaveLength(before);
    await holds.lift("shop", "suspended");
    expect(await pass()).toMatchObject({ outcome: "healthy", commit: "bbb" });
  });

  test("a stopped stack stays stopped through polls, commits and starts", async () => {
    const { pass, source, hold, holds, engine } = flow();
    source.push("aaa", web("1"));
    await pass();
    await hold("stopped");
    expect(await pass("settings")).toMatchObject({ outcome: "stopped" });
    source.push("bbb", web("2"));
    for (const trigger of ["poll", "start", "drift"] as const)
      expect(await pass(trigger)).toMatchObject({ outcome: "stopped" });
    expect(engine.containers.map(({ state }) => state)).toEqual(["exited"]);
    await holds.lift("shop", "stopped");
    expect(await pass()).toMatchObject({ outcome: "healthy", commit: "bbb" });
  });

  test("the very commit that was stopped starts again", async () => {
    const { pass, source, hold, holds, engine } = flow();
    source.push("aaa", web("1"));
    await pass();
    await hold("stopped");
    await pass("settings");
    await holds.lift("shop", "stopped");
    await pass("settings");
    expect(engine.containers.map(({ state }) => state)).toEqual(["running"]);
  });

  test("a pinned release runs with its own images until somebody resumes", async () => {
    const { pass, source, hold, holds, history, engine } = flow();
    source.push("aaa", web("1"));
    await pass();
    source.push("bbb", web("2"));
    await pass();
    engine.addImage("web:1", "unhealthy", "sha256:moved");
    engine.images.set("sha256:web:1", { ...image(engine), id: "sha256:web:1" });
    await hold("pinned", "1");
    expect(await pass("settings")).toMatchObject({ outcome: "healthy", commit: "aaa" });
    expect(history.rows[0]).toMatchObject({ commit: "aaa", trigger: "rollback", cause: "pinned by ada" });
    source.push("ccc", web("3"));
    expect(await pass()).toMatchObject({ outcome: "in-sync", commit: "aaa" });
    await holds.lift("shop", "pinned");
    expect(await pass()).toMatchObject({ outcome: "healthy", commit: "ccc" });
  });
});

function image(engine: ReturnType<typeof flow>["engine"]) {
  const found = engine.images.get("web:2");
  if (!found) throw new Error("web:2 is there");
  return found;
}

describe("a pin to a revision that is no release yet", () => {
  async function pinned(image: string) {
    const made = flow();
    made.source.push("aaa", web("1"));
    await made.pass();
    made.source.push("next", web(image));
    made.source.push("bbb", web("2"));
    const revision = { commit: "next", ref: "refs/heads/next" };
    const hold = { kind: "pinned", by: "ada", why: "", at: "2026-01-01T12:00:00Z", deploymentId: null } as const;
    await made.holds.place("shop", { ...hold, revision });
    return made;
  }

  test("runs it in place of the newest commit, until somebody resumes", async () => {
    const { pass, holds, history } = await pinned("3");
    expect(await pass("deploy")).toMatchObject({ outcome: "healthy", commit: "next" });
    expect(await pass()).toMatchObject({ outcome: "in-sync", commit: "next" });
    await holds.lift("shop", "pinned");
    expect(await pass()).toMatchObject({ outcome: "healthy", commit: "bbb" });
    expect(history.rows.map(({ commit }) => commit)).toEqual(["bbb", "next", "aaa"]);
  });

  test("goes back to the last release when it is not healthy, and is not tried again", async () => {
    const { pass, history, engine } = await pinned("bad");
    expect(await pass("deploy")).toMatchObject({ outcome: "rolled-back", commit: "aaa" });
    for (let poll = 0; poll < 5; poll += 1) expect(await pass()).toMatchObject({ outcome: "blocked" });
    expect(history.rows).toHaveLength(3);
    expect(engine.containers.map(({ image }) => image)).toEqual(["web:1"]);
  });
});

describe("a failed release", () => {
  test("over a hundred polls is tried once and told once", async () => {
    const { pass, source, history, notices } = flow();
    source.push("aaa", web("1"));
    await pass();
    source.push("bad", web("bad"));
    expect(await pass()).toMatchObject({ outcome: "rolled-back" });
    for (let poll = 0; poll < 100; poll += 1) expect(await pass()).toMatchObject({ outcome: "blocked" });
    expect(history.rows.filter(({ commit }) => commit === "bad")).toHaveLength(1);
    expect(notices()).toHaveLength(1);
  });

  test("is tried again when a variable changed", async () => {
    const { pass, source, variables } = flow();
    source.push("aaa", new TallymanError("VariableMissing", "TOKEN is not set"));
    expect(await pass()).toMatchObject({ outcome: "failed" });
    expect(await pass()).toMatchObject({ outcome: "blocked" });
    variables.digest = "with TOKEN";
    source.commits.set("aaa", web("1"));
    expect(await pass()).toMatchObject({ outcome: "healthy", commit: "aaa" });
  });

  test("of changed settings goes back to the release that ran before with the former ones", async () => {
    const { pass, source, variables, engine, history } = flow();
    source.push("aaa", web("1"));
    await pass();
    const [before] = engine.containers;
    variables.digest = "bad value";
    source.commits.set("aaa", web("bad"));
    expect(await pass()).toMatchObject({ outcome: "rolled-back", commit: "aaa" });
    expect(engine.containers.map(({ id, state }) => [id, state])).toEqual([[before?.id ?? "", "running"]]);
    expect(history.rows.map(({ status, trigger }) => `${trigger} ${status}`)).toEqual([
      "rollback healthy",
      "settings failed",
      "commit healthy",
    ]);
  });

  test("stays up and suspends the stack where failure_action is pause", async () => {
    const { pass, source, engine, holds } = flow({ ...sampleStack, onFailure: "pause" });
    source.push("aaa", web("1"));
    await pass();
    source.push("bad", web("bad"));
    expect(await pass()).toMatchObject({ outcome: "failed" });
    expect(await holds.holdsOf("shop")).toMatchObject([{ kind: "suspended", by: "tallyman" }]);
    expect(engine.containers.find(({ state }) => state === "running")?.image).toBe("web:bad");
    expect(await pass()).toMatchObject({ outcome: "suspended" });
  });

  test("stays up and is not tried again where failure_action is continue", async () => {
    const { pass, source, engine } = flow({ ...sampleStack, onFailure: "continue" });
    source.push("aaa", web("1"));
    await pass();
    source.push("bad", web("bad"));
    expect(await pass()).toMatchObject({ outcome: "failed" });
    expect(await pass()).toMatchObject({ outcome: "blocked" });
    expect(engine.containers.find(({ state }) => state === "running")?.image).toBe("web:bad");
  });
});

describe("drift", () => {
  const stopFirst = (engine: ReturnType<typeof flow>["engine"]): void => {
    engine.containers = engine.containers.map((one) => ({ ...one, state: "exited", exitCode: 137, health: "none" }));
  };

  test("is repaired at the next poll, and the repair is an entry of its own", async () => {
    const { pass, source, engine, history } = flow();
    source.push("aaa", web("1"));
    await pass();
    stopFirst(engine);
    expect(await pass()).toMatchObject({ outcome: "healthy", commit: "aaa" });
    expect(engine.containers.map(({ state }) => state)).toEqual(["running"]);
    expect(history.rows[0]).toMatchObject({ trigger: "drift", status: "healthy" });
  });

  test("is found without asking the remote when the Engine tells of a change", async () => {
    const { pass, source, engine } = flow();
    source.push("aaa", web("1"));
    await pass();
    stopFirst(engine);
    const { probes } = source;
    expect(await pass("drift")).toMatchObject({ outcome: "healthy" });
    expect(source.probes).toBe(probes);
  });

  test("is only reported where the stack says so, field by field", async () => {
    const { pass, passes, source, engine } = flow({ ...sampleStack, drift: "report" });
    source.push("aaa", web("1"));
    await pass();
    const id = engine.containers[0]?.id ?? "";
    engine.different.set(id, [{ field: "memory limit", wanted: "none", found: "32 MiB" }]);
    const before = engine.performed.length;
    expect(await pass()).toMatchObject({ outcome: "drifted" });
    expect(engine.performed).toHaveLength(before);
    expect(passes.memory.view().drift).toMatchObject([{ resource: "service:web:1", field: "memory limit" }]);
  });

  test("is nobody's business where it is off", async () => {
    const { pass, source, engine } = flow({ ...sampleStack, drift: "off" });
    source.push("aaa", web("1"));
    await pass();
    stopFirst(engine);
    const { observations } = engine;
    expect(await pass()).toMatchObject({ outcome: "in-sync" });
    expect(engine.observations).toBe(observations);
  });

  test("that comes back after every repair is repaired five times in five minutes and then only told", async () => {
    const { pass, source, engine, history, notices, clock } = flow();
    history.now = () => clock.now();
    source.push("aaa", web("1"));
    await pass();
    for (let round = 0; round < 20; round += 1) {
      stopFirst(engine);
      await pass();
    }
    expect(history.rows.filter(({ trigger }) => trigger === "drift").length).toBeGreaterThanOrEqual(5);
    expect(history.rows.filter(({ trigger }) => trigger === "drift").length).toBeLessThan(20);
    expect(notices().length).toBeGreaterThan(0);
  });

  test("is looked for while the remote is away", async () => {
    const { pass, source, engine } = flow();
    source.push("aaa", web("1"));
    await pass();
    source.headError = new TallymanError("GitUnreachable", "away");
    stopFirst(engine);
    expect(await pass()).toMatchObject({ outcome: "failed", error: { reason: "GitUnreachable" } });
    expect(engine.containers.map(({ state }) => state)).toEqual(["running"]);
  });
});

describe("an Engine that goes away", () => {
  const gone = (): never => {
    throw new TallymanError("EngineUnreachable", "the Docker Engine can't be reached", { hint: "Start it." });
  };

  test.each(["observe", "inspect"] as const)("while a release is proven (%s) costs it nothing", async (call) => {
    const { pass, source, history, engine } = flow();
    source.push("aaa", web("1"));
    await pass();
    source.push("bbb", web("2"));
    const original = engine[call].bind(engine);
    engine.beforePerform = ({ kind }) => {
      if (kind === "start-container") engine[call] = gone;
    };
    expect(await pass()).toMatchObject({ outcome: "failed", error: { reason: "EngineUnreachable" } });
    Object.assign(engine, { [call]: original });
    expect(await pass()).toMatchObject({ outcome: "healthy", commit: "bbb" });
    expect(history.rows.map((row) => [row.commit, row.status, row.class])).toEqual([
      ["bbb", "healthy", null],
      ["bbb", "failed", "transient"],
      ["aaa", "healthy", null],
    ]);
  });

  test("on the way back needs nobody: the way is gone on later, and the bad commit is not tried again", async () => {
    const { pass, source, history, engine } = flow();
    source.push("aaa", web("1"));
    await pass();
    const [before] = engine.containers;
    source.push("bad", web("bad"));
    let creations = 0;
    engine.beforePerform = ({ kind }) => {
      if (kind === "create-container") creations += 1;
      if (kind === "rename-container" && history.rows.some(({ class: failure }) => failure === "unhealthy")) gone();
    };
    expect(await pass()).toMatchObject({ outcome: "failed", error: { hint: "Start it." } });
    engine.beforePerform = ({ kind }) => {
      if (kind === "create-container") creations += 1;
    };
    expect(await pass()).toMatchObject({ outcome: "rolled-back", commit: "aaa" });
    expect([creations, engine.containers.map(({ id, state }) => `${id} ${state}`)]).toEqual([
      1,
      [`${before?.id} running`],
    ]);
  });

  test("in the middle of a repair: what goes on later is a repair as well, no new commit", async () => {
    const { pass, source, history, engine } = flow();
    source.push("aaa", web("1"));
    await pass();
    engine.containers = engine.containers.map((one) => ({ ...one, state: "exited" as const, exitCode: 137 }));
    engine.beforePerform = gone;
    await pass();
    engine.beforePerform = () => undefined;
    await pass();
    expect(history.rows.map(({ trigger, status }) => `${trigger} ${status}`)).toEqual([
      "drift healthy",
      "drift failed",
      "commit healthy",
    ]);
  });

  test("and comes back with all as it was is told as well again, once it was told as trouble", async () => {
    const { pass, source, engine, notices } = flow();
    source.push("aaa", web("1"));
    await pass();
    const observe = engine.observe.bind(engine);
    engine.observe = gone;
    for (let poll = 0; poll < 5; poll += 1) expect(await pass()).toMatchObject({ outcome: "failed" });
    engine.observe = observe;
    for (let poll = 0; poll < 3; poll += 1) expect(await pass()).toMatchObject({ outcome: "in-sync" });
    expect(notices().map((event) => event.type === "notice" && event.tone)).toEqual(["warn", "good"]);
  });
});

test("after a start without the remote the last release is put right", async () => {
  const { pass, source, engine, parts } = flow();
  source.push("aaa", web("1"));
  await pass();
  engine.containers = engine.containers.map((one) => ({ ...one, state: "exited", exitCode: 137 }));
  source.headError = new TallymanError("GitUnreachable", "away");
  const never = new AbortController().signal;
  await new StackPasses(sampleStack, parts, () => null).pass("start", never, never);
  expect(engine.containers.map(({ state }) => state)).toEqual(["running"]);
});

test("a commit that changes no input moves the release on without a call to the Engine", async () => {
  const { pass, source, engine, history } = flow();
  const files = (readme: string) =>
    new Map([
      ["compose.yaml", "same"],
      ["README.md", readme],
    ]);
  source.push("aaa", web("1"));
  source.files.set("aaa", files("one"));
  await pass();
  source.push("bbb", web("1"));
  source.files.set("bbb", files("two"));
  const { observations } = engine;
  expect(await pass()).toMatchObject({ outcome: "in-sync", commit: "bbb" });
  expect(engine.observations).toBe(observations);
  expect((await history.lastRelease("shop"))?.commit).toBe("bbb");
  expect(source.switched.at(-1)).toBe("bbb");
});

test("a stack waits for the verdict of one that it depends on", async () => {
  const { parts, source, engine } = flow();
  let other: string | null = "db";
  const passes = new StackPasses(sampleStack, parts, () => other);
  const never = new AbortController().signal;
  source.push("aaa", web("1"));
  expect(await passes.pass("start", never, never)).toMatchObject({ outcome: "failed", error: { reason: "Busy" } });
  expect(engine.performed).toEqual([]);
  other = null;
  expect(await passes.pass("poll", never, never)).toMatchObject({ outcome: "healthy" });
});

test("a newer commit ends the wait for a verdict on the older one", async () => {
  const { parts, source, engine, history } = flow();
  engine.addImage("web:slow", "starting");
  source.push("aaa", web("1"));
  const lane = new Lane({ ...sampleStack, intervalMs: 5_000 }, parts);
  lane.start();
  await lane.run("poll");
  source.push("slow", web("slow"));
  engine.beforePerform = (operation) => {
    if (operation.kind === "start-container" && history.rows[0]?.commit === "slow") source.push("ccc", web("3"));
  };
  await lane.run("poll");
  await lane.run("poll");
  await lane.stop();
  expect(history.rows.map(({ commit, status }) => `${commit} ${status}`)).toEqual([
    "ccc healthy",
    "slow interrupted",
    "aaa healthy",
  ]);
});

test("settings that change no container do not spare a commit the verdict that a newer question cut off", async () => {
  const { passes, variables, source, engine, history } = flow();
  engine.addImage("web:slow", "starting");
  const never = new AbortController().signal;
  source.push("aaa", web("1"));
  await passes.pass("poll", never, never);
  source.push("slow", web("slow"));
  const superseded = new AbortController();
  engine.beforePerform = ({ kind }) => {
    if (kind === "start-container") superseded.abort();
  };
  expect(await passes.pass("poll", superseded.signal, never)).toMatchObject({ outcome: "interrupted" });
  engine.beforePerform = () => undefined;
  variables.digest = "another variable";
  expect(await passes.pass("settings", never, never)).toMatchObject({ outcome: "rolled-back" });
  expect((await history.lastRelease("shop"))?.commit).toBe("aaa");
});

test("a retry of a bad release that stays up asks the gate again", async () => {
  const { passes, source, engine, history } = flow();
  engine.addImage("web:bad", "unhealthy");
  const never = new AbortController().signal;
  source.push("aaa", web("1"));
  await passes.pass("poll", never, never);
  passes.stack = { ...sampleStack, onFailure: "continue" };
  source.push("bad", web("bad"));
  await passes.pass("poll", never, never);
  expect(await passes.pass("retry", never, never)).toMatchObject({ outcome: "failed" });
  expect((await history.lastRelease("shop"))?.commit).toBe("aaa");
});

test("a pin ends a pass under way, a suspension waits for its verdict", async () => {
  const { passes, source, hold, holds } = flow();
  source.push("aaa", web("1"));
  const never = new AbortController().signal;
  await hold("pinned", "1");
  expect(await passes.isOutdated(never)).toBe(true);
  await holds.lift("shop", "pinned");
  await hold("suspended");
  expect(await passes.isOutdated(never)).toBe(false);
});

test("a thousand polls of an unchanged repository perform nothing and write no entry", async () => {
  const { pass, source, engine, history } = flow();
  source.push("aaa", web("1"));
  await pass();
  const before = [engine.performed.length, history.rows.length, source.checkouts];
  for (let poll = 0; poll < 1_000; poll += 1) expect(await pass()).toMatchObject({ outcome: "in-sync" });
  expect([engine.performed.length, history.rows.length, source.checkouts]).toEqual(before);
});

test("of fifty commits that came meanwhile the newest is deployed, once", async () => {
  const { pass, source, history } = flow();
  source.push("aaa", web("1"));
  await pass();
  for (let commit = 0; commit < 50; commit += 1) source.push(`b${commit}`, web(commit === 49 ? "3" : "2"));
  expect(await pass()).toMatchObject({ outcome: "healthy", commit: "b49" });
  expect(history.rows.map(({ commit }) => commit)).toEqual(["b49", "aaa"]);
});
