import { describe, expect, test } from "bun:test";
import type { ObservedContainer } from "../../src/observed-state.ts";
import { type PlanOptions, plan } from "../../src/plan/planner.ts";
import { resourceOf } from "../../src/plan.ts";
import type { Project, Service } from "../../src/project.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject, textHash } from "../support/sample-project.ts";

const ports = (published: string) => ({ ports: [{ target: 80, published, protocol: "tcp" }] });
const before = (services: Readonly<Record<string, Partial<Service>>>) => sampleProject(services);

function operations(project: Project, containers: readonly ObservedContainer[], more: Partial<PlanOptions> = {}) {
  const basis = { pins: {}, previous: null, hashOf: textHash };
  const how = { refreshImages: false, settled: false, prune: true, rerunJobs: false, start: true } as const;
  const options = { basis, ...how, changedVolumes: "keep", ...more } as const;
  return plan(project, observedState(project, containers), options).operations;
}

/** Whether the operation waits, over whatever is between, for the other one. */
function waitsFor(made: ReturnType<typeof operations>, later: string, earlier: string): boolean {
  const indexOf = (text: string) => made.findIndex((one) => `${one.kind} ${resourceOf(one)}` === text);
  const goal = indexOf(earlier);
  const reaches = (index: number): boolean =>
    index === goal || (made[index]?.after ?? []).some((other) => reaches(other));
  return goal >= 0 && reaches(indexOf(later));
}

const held = (project: Project, serviceName: string) =>
  runningContainer(project, serviceName, 1, { hostPorts: ["8080/tcp"] });

test("a port that moved to another service is free before that one starts", () => {
  const old = before({ admin: ports("8080"), site: {} });
  const made = operations(before({ admin: {}, site: ports("8080") }), [
    held(old, "admin"),
    runningContainer(old, "site"),
  ]);
  expect(waitsFor(made, "start-container service:site:1", "stop-container service:admin:1")).toBe(true);
  expect(made.filter(({ kind }) => kind === "stop-container")).toHaveLength(2);
});

test("a service that got a new name takes over the port of its orphan, which waits for the gate", () => {
  const old = before({ web: ports("8080") });
  const made = operations(before({ site: ports("8000-8100") }), [held(old, "web")]);
  expect(waitsFor(made, "start-container service:site:1", "stop-container service:web:1")).toBe(true);
  expect(made.some(({ kind }) => kind === "remove-container")).toBe(false);
});

describe("a fixed address", () => {
  const fixed = (ipv4_address: string) => ({ networks: { default: { ipv4_address } } });
  const at = (project: Project, serviceName: string, address: string) =>
    runningContainer(project, serviceName, 1, {
      networks: [{ id: "default", name: "shop_default", addresses: [address] }],
    });

  test("that came with a service's new name is free before the service starts", () => {
    const old = at(before({ web: fixed("10.0.0.5") }), "web", "10.0.0.5");
    const made = operations(before({ site: fixed("10.0.0.5") }), [old]);
    expect(waitsFor(made, "start-container service:site:1", "stop-container service:web:1")).toBe(true);
  });

  test("that two services exchange is free before either starts", () => {
    const old = before({ a: fixed("10.0.0.5"), b: fixed("10.0.0.6") });
    const made = operations(before({ a: fixed("10.0.0.6"), b: fixed("10.0.0.5") }), [
      at(old, "a", "10.0.0.5"),
      at(old, "b", "10.0.0.6"),
    ]);
    expect(waitsFor(made, "start-container service:a:1", "stop-container service:b:1")).toBe(true);
    expect(waitsFor(made, "start-container service:b:1", "stop-container service:a:1")).toBe(true);
    expect(made.filter(({ kind }) => kind === "stop-container")).toHaveLength(2);
  });

  test("of another network, or that nobody else wants, is in nobody's way", () => {
    const old = before({ web: fixed("10.0.0.5") });
    const elsewhere = runningContainer(old, "web", 1, {
      networks: [{ id: "x", name: "other", addresses: ["10.0.0.5"] }],
    });
    for (const one of [elsewhere, at(old, "web", "10.0.0.7")])
      expect(operations(before({ site: fixed("10.0.0.5") }), [one]).some(({ kind }) => kind === "stop-container")).toBe(
        false,
      );
  });
});

test("an orphan that is to stay keeps its port", () => {
  const made = operations(before({ site: ports("8080") }), [held(before({ web: {} }), "web")], { prune: false });
  expect(made.some(({ kind }) => kind === "stop-container")).toBe(false);
});

test("who stays keeps its port, and another port is in nobody's way", () => {
  const both = before({ web: ports("8080"), site: ports("8080") });
  expect(operations(both, [held(both, "web")]).some(({ kind }) => kind === "stop-container")).toBe(false);
  const made = operations(before({ site: ports("9090") }), [held(before({ web: {} }), "web")]);
  expect(made.some(({ kind }) => kind === "stop-container")).toBe(false);
});
