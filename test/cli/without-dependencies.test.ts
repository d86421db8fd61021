import { expect, test } from "bun:test";
import { withoutDependencies } from "../../src/cli/without-dependencies.ts";
import { plan } from "../../src/plan/planner.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject, textHash } from "../support/sample-project.ts";

const started = { condition: "service_started", required: true } as const;
const networks = { front: { name: "n", ipam: {} }, back: { name: "m", ipam: {} }, post: { name: "o", ipam: {} } };
const services = sampleProject({
  web: { depends_on: { db: started }, networks: { front: null } },
  db: { networks: { back: null }, volumes: [{ type: "volume", source: "data", target: "/data" }] },
  mail: { networks: { front: null, post: null } },
});
const whole = { ...services, networks };

const names = (record: object) => Object.keys(record).sort();

test("nobody waits for what was left out, whose networks and volumes stay", () => {
  const alone = withoutDependencies(whole, ["web"]);
  expect(alone.services["web"]?.depends_on).toEqual({});
  expect([names(alone.services), alone.disabledServices]).toEqual([["web"], ["db", "mail"]]);
  expect([alone.networks, alone.volumes]).toEqual([whole.networks, whole.volumes]);
});

test("no name means the whole project", () => {
  expect(withoutDependencies(whole, [])).toBe(whole);
});

test("trap 49: `up web` neither touches the other services nor calls them orphans", () => {
  const chosen = withoutDependencies(whole, ["web"]);
  const others = ["db", "mail"].map((name) => runningContainer(whole, name));
  const observed = observedState(chosen, [runningContainer(chosen, "web"), ...others]);
  const basis = { pins: {}, previous: null, hashOf: textHash };
  const how = { changedVolumes: "keep", prune: false, removeOrphans: true, rerunJobs: false, start: true } as const;
  const made = plan(chosen, observed, { basis, refreshImages: false, settled: true, ...how });
  const touched = made.operations.filter((one) => "serviceName" in one && one.serviceName !== "web");
  expect(touched).toEqual([]);
});
