import { expect, test } from "bun:test";
import type { ObservedContainer } from "../../src/observed-state.ts";
import { composeOrphansOf, orphansOf } from "../../src/plan/plan-orphans.ts";
import { plan } from "../../src/plan/planner.ts";
import { resourceOf } from "../../src/plan.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject, textHash } from "../support/sample-project.ts";

const project = { ...sampleProject({ web: {} }), disabledServices: ["debug"] };
const web = runningContainer(project, "web");
const orphan = { ...web, id: "1", serviceName: "old", name: "shop-old-1" };
const oneOff = (id: string, state: ObservedContainer["state"]) => ({
  ...web,
  id,
  name: id,
  number: 0,
  oneOff: true,
  state,
});
const ended = oneOff("2", "exited");

const ids = (containers: readonly ObservedContainer[]) => containers.map(({ id }) => id);

test("a service that is gone leaves orphans, one that a profile keeps out does not", () => {
  const disabled = { ...orphan, id: "3", serviceName: "debug" };
  expect(ids(orphansOf(project, observedState(project, [web, orphan, disabled])))).toEqual(["1"]);
});

test("a one-off is nobody's orphan to a stack, and to Docker Compose once it has ended", () => {
  const observed = observedState(project, [
    web,
    ended,
    oneOff("4", "running"),
    oneOff("5", "paused"),
    oneOff("6", "dead"),
  ]);
  expect(orphansOf(project, observed)).toEqual([]);
  expect(ids(composeOrphansOf(project, observed))).toEqual(["2", "6"]);
});

test("--remove-orphans makes room before anything is created, and leaves the networks alone", () => {
  const networks = [{ id: "b", name: "shop_back", driver: "bridge", labels: { "com.docker.compose.project": "shop" } }];
  const observed = observedState(project, [orphan, ended]);
  const all = { ...observed, networks: [...observed.networks, ...networks] };
  const basis = { pins: {}, previous: null, hashOf: textHash };
  const how = { refreshImages: false, settled: true, prune: false, rerunJobs: true, start: true } as const;
  const made = plan(project, all, { basis, ...how, removeOrphans: true, changedVolumes: "keep" });
  expect(made.operations.map((one) => `${one.kind} ${resourceOf(one)} ${one.after.join(",")}`)).toEqual([
    "stop-container service:old:1 ",
    "remove-container service:old:1 0",
    "remove-container service:web:0 ",
    "create-container service:web:1 1,2",
    "start-container service:web:1 1,2,3",
  ]);
});
