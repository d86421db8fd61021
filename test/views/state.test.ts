import { expect, test } from "bun:test";
import type { StackState } from "../../src/stack.ts";
import {
  checkMark,
  deploymentStateMark,
  eventMark,
  serviceLook,
  serviceStateMark,
  stackStateMark,
  verdictMark,
} from "../../views/state.tsx";
import { sampleDeployment, sampleService } from "./sample.ts";

const STATES: readonly StackState[] = [
  "in-sync",
  "out-of-sync",
  "reconciling",
  "suspended",
  "stopped",
  "failed",
  "degraded",
];
const shapeOf = (html: string) => /<svg.*?<\/svg>/.exec(html)?.[0];

test("every state of a stack has its own word and its own shape", () => {
  const marks = STATES.map((state) => stackStateMark({ state, pinned: false }).toString());
  for (const [index, state] of STATES.entries()) expect(marks[index]).toContain(state.replaceAll("-", " "));
  expect(new Set(marks.map(shapeOf)).size).toBe(STATES.length);
});

test("a deployment that went back does not look like any other healthy one", () => {
  expect(deploymentStateMark(sampleDeployment("1", { trigger: "rollback" })).toString()).toContain("went back");
  expect(deploymentStateMark(sampleDeployment("1")).toString()).toContain("healthy");
});

test("health speaks before state", () => {
  expect(serviceLook("running", "unhealthy").tone).toBe("bad");
  expect(serviceLook("running", "starting").word).toBe("starting");
  expect(serviceLook("running", "none").word).toBe("running");
  expect(serviceLook("completed", "none").tone).toBe("good");
  expect(serviceLook("exited", "none").tone).toBe("bad");
  expect(serviceLook("created", "none").tone).toBe("rest");
});

test("verdicts, checks, services and events are words too", () => {
  expect(verdictMark("pending", "still starting").toString()).toContain("still starting");
  expect(checkMark(false).toString()).toContain("fails");
  expect(serviceStateMark(sampleService("api")).toString()).toContain("healthy");
  expect(eventMark("busy", "gate").toString()).not.toContain("turn");
});

test("a pinned stack says so instead of suspended, but not instead of an illness", () => {
  expect(stackStateMark({ state: "suspended", pinned: true }).toString()).toContain("pinned");
  expect(stackStateMark({ state: "degraded", pinned: true }).toString()).toContain("degraded");
});
