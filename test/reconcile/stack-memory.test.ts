import { describe, expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { StackMemory } from "../../src/reconcile/stack-memory.ts";
import { sampleProject } from "../support/sample-project.ts";

const healthy = { outcome: "in-sync", deploymentId: null, commit: "c1", error: null } as const;
const noon = new Date("2026-01-01T12:00:00Z");

test("an answer is good for its own question, until it is forgotten", () => {
  const memory = new StackMemory();
  memory.answered("question", healthy);
  expect([memory.answerTo("question"), memory.answerTo("another")]).toEqual([healthy, null]);
  memory.forgetAnswer();
  expect([memory.hasAnswer, memory.answerTo("question")]).toEqual([false, null]);
});

test("a stack was in sync when its last answer says so and nothing drifted since", () => {
  const memory = new StackMemory();
  memory.answered("question", healthy);
  expect(memory.wasInSync).toBe(true);
  memory.drifted([{ resource: "service:web:1", field: "memory limit", wanted: "1g", found: "2g" }]);
  expect(memory.wasInSync).toBe(false);
  memory.applied(sampleProject({}));
  expect(memory.wasInSync).toBe(true);
});

test("it is working only while it works, also when that fails", async () => {
  const memory = new StackMemory();
  const work = memory.during("question", async () => {
    expect([memory.view().deploying, memory.workedOn]).toEqual([true, "question"]);
    throw new Error("no");
  });
  expect(await work.catch(() => "failed")).toBe("failed");
  expect([memory.view().deploying, memory.workedOn]).toEqual([false, null]);
});

describe("a failure", () => {
  test("of a probe is over with the next poll, one of a deployment is not", () => {
    const memory = new StackMemory();
    memory.failed(new TallymanError("GitUnreachable", "away"), "probe");
    memory.polled({ commit: "c1", ref: "HEAD" }, noon);
    expect(memory.rhythm.failures).toBe(0);
    memory.failed(new TallymanError("RegistryUnavailable", "away"), "deploy");
    memory.polled({ commit: "c1", ref: "HEAD" }, noon);
    expect(memory.rhythm).toMatchObject({ failures: 1, failedAt: "deploy" });
  });

  test("that is a denial is told apart, for it is tried again more slowly", () => {
    const memory = new StackMemory();
    memory.failed(new TallymanError("RegistryDenied", "who are you"), "deploy");
    expect(memory.rhythm.failedAt).toBe("denied");
  });

  test("waits for its own time, unless it was the Engine that did not answer", () => {
    const memory = new StackMemory();
    memory.failed(new TallymanError("RegistryUnavailable", "away"), "deploy");
    expect(memory.waitsOut).toBe(true);
    memory.failed(new TallymanError("EngineUnreachable", "away"), "deploy");
    expect(memory.waitsOut).toBe(false);
  });
});

test("that all is well is news only after something was wrong", () => {
  const memory = new StackMemory();
  expect(memory.foundNothing(true)).toBe(false);
  expect(memory.foundNothing(false)).toBe(true);
  expect(memory.foundNothing(false)).toBe(false);
});
