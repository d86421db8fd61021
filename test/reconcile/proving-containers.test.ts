import { expect, test } from "bun:test";
import { serviceHash } from "../../src/compose/hash.ts";
import { retainedName, successorName } from "../../src/label.ts";
import type { ObservedContainer } from "../../src/observed-state.ts";
import type { PlannedOperation } from "../../src/plan.ts";
import { provingContainers, startedContainers } from "../../src/reconcile/proving-containers.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const two = sampleProject({ web: { scale: 2 } });
const one = sampleProject({ web: {} });
const basis = { pins: {}, previous: null, hashOf: serviceHash };
const names = (project: typeof two, containers: readonly ObservedContainer[], kept = basis) => {
  const observed = observedState(project, containers);
  const ids = provingContainers(project, observed, kept);
  return containers.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
};

test("every place is stood for by its own container", () =>
  expect(names(two, [runningContainer(two, "web", 1), runningContainer(two, "web", 2)])).toEqual([
    "shop-web-1",
    "shop-web-2",
  ]));

test("one that waits for the way back stands for nothing", () => {
  const now = runningContainer(one, "web");
  const before = { ...now, id: "f".repeat(64), name: retainedName("shop-web-1", "f".repeat(64)), configHash: "old" };
  expect(names(one, [now, before])).toEqual(["shop-web-1"]);
});

test("a stale one does not stand for the new one that vanished", () =>
  expect(names(one, [runningContainer(one, "web", 1, { configHash: "of the former release" })])).toEqual([]));

test("one too many is nobody's proof and nobody's trouble", () =>
  expect(names(one, [runningContainer(one, "web", 1), runningContainer(one, "web", 2)])).toEqual(["shop-web-1"]));

test("a tag that moves meanwhile makes it no other release", () =>
  expect(names(one, [runningContainer(one, "web", 1, { imageId: "sha256:the former" })])).toEqual(["shop-web-1"]));

test("an adopted one stands for the hash that it counts for", () => {
  const adopted = runningContainer(one, "web", 1, { configHash: "of another Compose" });
  const hash = one.hashes.services["web"]?.a ?? "";
  const kept = new Map([[adopted.id, { containerId: adopted.id, configHash: hash, contents: null, tolerated: [] }]]);
  expect(names(one, [adopted], { ...basis, kept } as typeof basis)).toEqual(["shop-web-1"]);
});

test("a successor that has yet to get its place is the one to look at", () => {
  const stale = runningContainer(one, "web", 1, { configHash: "old" });
  const left = runningContainer(one, "web", 1, { id: "e".repeat(64), name: successorName("shop-web-1", stale.id) });
  expect(names(one, [stale, left])).toEqual([left.name]);
});

test("started were those that the plan started and did not see prove themselves", () => {
  const made = (createdBy: number) => ({ serviceName: "web", number: 1, container: { createdBy, name: "w" } });
  const operations: readonly PlannedOperation[] = [
    { kind: "start-container", ...made(0), cause: "", after: [] },
    { kind: "start-container", ...made(1), cause: "", after: [] },
    { kind: "await-container", ...made(1), windowMs: 1, mayFail: 0, cause: "", after: [] },
    { kind: "start-container", serviceName: "db", number: 1, container: { id: "c", name: "db" }, cause: "", after: [] },
    { kind: "stop-container", serviceName: "db", number: 1, container: { id: "d", name: "db" }, cause: "", after: [] },
  ];
  const created = new Map([
    [0, "a"],
    [1, "b"],
  ]);
  expect(startedContainers({ project: "shop", operations }, created)).toEqual(["a", "c"]);
});
