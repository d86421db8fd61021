import { expect, test } from "bun:test";
import { retainedName } from "../../src/label.ts";
import { serviceStatuses } from "../../src/reconcile/service-statuses.ts";
import { runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = sampleProject({ web: { scale: 2 }, db: {} });
const one = runningContainer(project, "web", 1, { health: "healthy" });

test("the least alive and the least healthy container speak for their service", () => {
  const other = runningContainer(project, "web", 2, { state: "restarting", health: "unhealthy" });
  expect(serviceStatuses([one, other])).toMatchObject([{ name: "web", state: "restarting", health: "unhealthy" }]);
});

test("a predecessor that waits for the gate, and a one-off, are nobody's", () => {
  const former = {
    ...one,
    id: "f".repeat(64),
    name: retainedName("shop-web-1", "f".repeat(64)),
    state: "exited" as const,
  };
  const oneOff = runningContainer(project, "db", 0, { oneOff: true });
  const [web, ...others] = serviceStatuses([one, former, oneOff]);
  expect([web?.containers.length, web?.state, others]).toEqual([1, "running", []]);
});
