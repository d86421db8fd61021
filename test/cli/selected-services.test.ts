import { describe, expect, test } from "bun:test";
import { selectServices } from "../../src/cli/selected-services.ts";
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

describe("of the named services", () => {
  test("what they depend on comes too, the rest counts as kept out", () => {
    const chosen = selectServices(whole, ["web"], false);
    expect([names(chosen.services), chosen.disabledServices]).toEqual([["db", "web"], ["mail"]]);
    expect([names(chosen.networks), names(chosen.volumes)]).toEqual([["back", "front"], ["data"]]);
  });

  test("nobody waits for what was left out", () => {
    const chosen = selectServices(whole, ["web"], true);
    expect(chosen.services["web"]?.depends_on).toEqual({});
    expect([names(chosen.services), chosen.disabledServices]).toEqual([["web"], ["db", "mail"]]);
  });
});

test("no name means the whole project", () => {
  expect(selectServices(whole, [], true)).toBe(whole);
});

test("an unknown name is told, with those that there are", () => {
  expect(() => selectServices(whole, ["nope"], false)).toThrow("no such service: nope");
});

test("trap 49: `up web` neither touches the other services nor calls them orphans", () => {
  const chosen = selectServices(whole, ["web"], true);
  const others = ["db", "mail"].map((name) => runningContainer(whole, name));
  const observed = observedState(chosen, [runningContainer(chosen, "web"), ...others]);
  const basis = { pins: {}, previous: null, hashOf: textHash };
  const how = { changedVolumes: "keep", prune: false, removeOrphans: true, rerunJobs: false, start: true } as const;
  const made = plan(chosen, observed, { basis, refreshImages: false, settled: true, ...how });
  const touched = made.operations.filter((one) => "serviceName" in one && one.serviceName !== "web");
  expect(touched).toEqual([]);
});
