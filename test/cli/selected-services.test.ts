import { describe, expect, test } from "bun:test";
import { selectServices } from "../../src/cli/selected-services.ts";
import { sampleProject } from "../support/sample-project.ts";

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
