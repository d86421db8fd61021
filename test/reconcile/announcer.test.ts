import { expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { Announcer } from "../../src/reconcile/announcer.ts";
import type { PassResult } from "../../src/reconcile/pass.ts";
import { memoryFlow } from "../support/flow.ts";

const failed: PassResult = {
  outcome: "rolled-back",
  deploymentId: "7",
  commit: "aaa",
  error: new TallymanError("NotHealthy", "web: exited with code 1", { hint: "Mend it." }),
};
const blocked: PassResult = { ...failed, outcome: "blocked" };

function announcing() {
  const { parts, events, clock } = memoryFlow();
  const told = () => events.flatMap((event) => (event.type === "notice" ? [`${event.tone}: ${event.message}`] : []));
  return { announcer: new Announcer(parts), told, clock };
}

test("the same failure is told once, however often it is asked after", async () => {
  const { announcer, told } = announcing();
  await announcer.ended("shop", failed);
  for (let poll = 0; poll < 100; poll += 1) await announcer.remind("shop", blocked);
  expect(told()).toEqual(["bad: web: exited with code 1"]);
});

test("after an hour people are reminded", async () => {
  const { announcer, told, clock } = announcing();
  await announcer.ended("shop", failed);
  clock.time += 3_600_000;
  await announcer.remind("shop", blocked);
  expect(told()).toHaveLength(2);
});

test("what may heal by itself is told when it has failed three times", async () => {
  const { announcer, told } = announcing();
  const error = new TallymanError("RegistryUnavailable", "503");
  announcer.gaveUp("shop", error, 1);
  await announcer.ended("shop", { ...failed, outcome: "failed", error }, 2);
  expect(told()).toEqual([]);
  for (const failures of [3, 4, 5])
    await announcer.ended("shop", { ...failed, outcome: "failed", deploymentId: `${failures}`, error }, failures);
  expect(told()).toEqual(["warn: 503"]);
});

test("what was denied is told at once and once, though each try is an attempt of its own", async () => {
  const { announcer, told } = announcing();
  const error = new TallymanError("RegistryDenied", "401");
  for (const failures of [1, 2, 3])
    await announcer.ended("shop", { ...failed, outcome: "failed", deploymentId: `${failures}`, error }, failures);
  expect(told()).toEqual(["bad: 401"]);
});

test("that all is well again is told only to whom something else was told", async () => {
  const { announcer, told } = announcing();
  const healthy: PassResult = { outcome: "healthy", deploymentId: "8", commit: "bbb", error: null };
  await announcer.ended("shop", healthy);
  await announcer.ended("shop", failed);
  await announcer.ended("shop", healthy);
  expect(told()).toEqual(["bad: web: exited with code 1", "good: all is well again"]);
});

test("drift is told with its first field and how much more there is", async () => {
  const { announcer, told } = announcing();
  const field = { wanted: "", found: "" };
  const drift = [
    { resource: "service:web:1", field: "memory limit", ...field },
    { resource: "service:db:1", field: "container is missing", ...field },
  ];
  await announcer.drifted("shop", drift, false);
  await announcer.drifted("shop", drift, false);
  expect(told()).toEqual(["warn: drift: service:web:1 memory limit and 1 more"]);
});

test("what turned bad is told once, and that it is well again", async () => {
  const { announcer, told } = announcing();
  for (let look = 0; look < 20; look += 1)
    await announcer.ails("shop", { reason: "web is unhealthy", hint: "Look at its log." });
  await announcer.ended("shop", { outcome: "in-sync", deploymentId: null, commit: "aaa", error: null });
  expect(told()).toEqual(["bad: web is unhealthy", "good: all is well again"]);
});
