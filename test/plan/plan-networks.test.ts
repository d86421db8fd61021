import { describe, expect, test } from "bun:test";
import { COMPOSE_LABEL, retainedName } from "../../src/label.ts";
import type { ObservedContainer, ObservedNetwork } from "../../src/observed-state.ts";
import { PlanBuilder } from "../../src/plan/plan-builder.ts";
import { planNetworks } from "../../src/plan/plan-networks.ts";
import { type Plan, resourceOf, showPlan } from "../../src/plan.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = sampleProject({ web: {} });
const labels = { [COMPOSE_LABEL.network]: "default", [COMPOSE_LABEL.project]: "shop" };
const own: ObservedNetwork = { id: "n", name: "shop_default", driver: "bridge", labels };
const changed = { ...own, labels: { ...labels, [COMPOSE_LABEL.configHash]: "x" } };
const web = runningContainer(project, "web");

function plannedWith(networks: readonly ObservedNetwork[], containers: readonly ObservedContainer[] = []): Plan {
  const builder = new PlanBuilder("shop");
  planNetworks(project, observedState(project, containers, { networks }), [], new Map(), builder);
  return builder.build();
}

const planned = (...networks: readonly ObservedNetwork[]): readonly string[] =>
  plannedWith(networks).operations.map((operation) => operation.kind);

const steps = (made: Plan): readonly string[] =>
  made.operations.map((operation) => `${operation.kind} ${resourceOf(operation)}`);

test("a missing network is created", () => expect(planned()).toEqual(["create-network"]));
test("a name that only begins alike is another network", () =>
  expect(planned({ ...own, name: "shop_default2" })).toEqual(["create-network"]));
test("one with the same hash stays", () =>
  expect(planned({ ...own, labels: { ...labels, [COMPOSE_LABEL.configHash]: "n" } })).toEqual([]));
test("one that bears no hash of Compose's is left alone", () => expect(planned(own)).toEqual([]));

describe("a network whose definition changed", () => {
  test("is made anew between a stop of its containers and their return into it", () => {
    const cause = "definition of network default changed";
    expect(showPlan(plannedWith([changed], [web])).split("\n")).toEqual([
      `[] -> #0 service:web:1, stop-container, ${cause}`,
      `[0] -> #1 service:web:1, disconnect-network, ${cause}`,
      `[1] -> #2 network:default, remove-network, ${cause}`,
      `[2] -> #3 network:default, create-network, ${cause}`,
      `[3] -> #4 service:web:1, connect-network, ${cause}`,
    ]);
  });

  test("stops nothing that stands still, nor what is only a guest in it", () => {
    const stopped = { ...web, state: "exited" as const };
    const orphan = { ...web, id: "o", serviceName: "gone", name: "shop-gone-1" };
    expect(steps(plannedWith([changed], [stopped, orphan]))).toEqual([
      "disconnect-network service:web:1",
      "disconnect-network service:gone:1",
      "remove-network network:default",
      "create-network network:default",
      "connect-network service:web:1",
      "connect-network service:gone:1",
    ]);
  });

  test("stops dependents before what they depend on", () => {
    const two = sampleProject({
      db: {},
      web: { depends_on: { db: { condition: "service_started", required: true } } },
    });
    const containers = [runningContainer(two, "db"), runningContainer(two, "web")];
    const builder = new PlanBuilder("shop");
    planNetworks(two, observedState(two, containers, { networks: [changed] }), [], new Map(), builder);
    const stopped = builder.build().operations.filter(({ kind }) => kind === "stop-container");
    expect(stopped.map((operation) => [resourceOf(operation), operation.after])).toEqual([
      ["service:web:1", []],
      ["service:db:1", [0]],
    ]);
  });

  test("takes a retained container back under the name that it had", () => {
    const retained = { ...web, state: "exited" as const, name: retainedName("shop-web-1", web.id) };
    const back = plannedWith([changed], [retained]).operations.find(({ kind }) => kind === "connect-network");
    expect(back).toMatchObject({ finalName: "shop-web-1" });
  });

  test("touches no container outside it", () => {
    expect(steps(plannedWith([changed], [{ ...web, networks: [] }]))).toEqual([
      "remove-network network:default",
      "create-network network:default",
    ]);
  });

  test("is refused while somebody else's container runs in it", () => {
    const members = [
      { id: web.id, name: web.name },
      { id: "g", name: "guest" },
    ];
    expect(() => plannedWith([{ ...changed, members }], [web])).toThrow("can't be replaced while guest");
  });

  test("is refused when it belongs to another project", () => {
    const foreign = { ...changed, labels: { ...changed.labels, [COMPOSE_LABEL.project]: "other" } };
    expect(() => planned(foreign)).toThrow('belongs to project "other"');
  });
});

test("somebody else's network of that name is refused in Compose's words", () =>
  expect(() => planned({ ...own, labels: {} })).toThrow(
    'was found but has incorrect label com.docker.compose.network set to "" (expected: "default")',
  ));
