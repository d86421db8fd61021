import { describe, expect, test } from "bun:test";
import type { ObservedContainer } from "../../src/observed-state.ts";
import type { Service } from "../../src/project.ts";
import { ailing } from "../../src/reconcile/ailing.ts";
import { serviceStatuses } from "../../src/reconcile/service-statuses.ts";
import { runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

function ailmentOf(container: Partial<ObservedContainer> | null, service: Partial<Service> = {}): string | null {
  const project = sampleProject({ web: service });
  const containers = container ? [runningContainer(project, "web", 1, container)] : [];
  return ailing(serviceStatuses(containers), project)?.reason ?? null;
}

test("nothing ails a service that runs", () => expect(ailmentOf({})).toBeNull());
test("nor one that starts", () => expect(ailmentOf({ health: "starting" })).toBeNull());
test("a job that ended well has done its work", () =>
  expect(ailmentOf({ state: "exited", restartPolicy: "no" }, { restart: "no" })).toBeNull());
test("one of no replicas needs no container", () => expect(ailmentOf(null, { scale: 0 })).toBeNull());

describe("what ails a service is told in words:", () => {
  test.each<[string, Partial<ObservedContainer> | null, Partial<Service>]>([
    ["web is unhealthy", { health: "unhealthy" }, {}],
    ["web is restarting", { state: "restarting" }, {}],
    ["web is paused", { state: "paused" }, {}],
    ["web is exited", { state: "exited", exitCode: 137 }, {}],
    ["web is exited", { state: "exited", restartPolicy: "no" }, {}],
    ["the job web failed", { state: "exited", exitCode: 1, restartPolicy: "no" }, { restart: "no" }],
    ["web has no container", null, {}],
    ["web has too few containers", {}, { scale: 2 }],
  ])("%s", (reason, container, service) => expect(ailmentOf(container, service)).toBe(reason));
});
