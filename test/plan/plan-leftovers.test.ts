import { expect, test } from "bun:test";
import { COMPOSE_LABEL, retainedName } from "../../src/label.ts";
import { PlanBuilder } from "../../src/plan/plan-builder.ts";
import { planLeftovers } from "../../src/plan/plan-leftovers.ts";
import { projectSlots } from "../../src/plan/project-slots.ts";
import { resourceOf } from "../../src/plan.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject, textHash } from "../support/sample-project.ts";

const project = sampleProject({ web: {} });
const basis = { pins: {}, previous: null, hashOf: textHash };
const web = runningContainer(project, "web");
const orphan = runningContainer(project, "web", 1, { id: "old", serviceName: "old", name: "shop-old-1" });
const labels = { [COMPOSE_LABEL.project]: "shop", [COMPOSE_LABEL.network]: "back" };
const unused = { id: "b", name: "shop_back", driver: "bridge", labels };

function planned(prune: boolean, ...extra: readonly (typeof web)[]): readonly string[] {
  const builder = new PlanBuilder("shop");
  const observed = observedState(project, [web, ...extra]);
  const all = { ...observed, networks: [...observed.networks, unused] };
  planLeftovers(project, all, projectSlots(project, all, basis), prune, builder);
  return builder.build().operations.map((operation) => `${operation.kind} ${resourceOf(operation)}`);
}

test("a retained container goes, the serving one stays", () => {
  const retained = {
    ...web,
    id: "e".repeat(64),
    name: retainedName("shop-web-1", "e".repeat(64)),
    state: "exited" as const,
  };
  expect(planned(false, retained)).toEqual(["remove-container service:web:1"]);
});

test("orphans and networks that nobody names go only when pruning", () => {
  expect(planned(false, orphan)).toEqual([]);
  expect(planned(true, orphan)).toEqual([
    "stop-container service:old:1",
    "remove-container service:old:1",
    "remove-network network:back",
  ]);
});

test("somebody else's network is never removed", () => {
  const builder = new PlanBuilder("shop");
  const foreign = { ...unused, labels: { ...labels, [COMPOSE_LABEL.project]: "other" } };
  const observed = observedState(project, [web], { networks: [foreign] });
  planLeftovers(project, observed, projectSlots(project, observed, basis), true, builder);
  expect(builder.build().operations).toEqual([]);
});
