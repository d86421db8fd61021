import { expect, test } from "bun:test";
import { COMPOSE_LABEL } from "../../src/label.ts";
import type { ObservedNetwork } from "../../src/observed-state.ts";
import { PlanBuilder } from "../../src/plan/plan-builder.ts";
import { planNetworks } from "../../src/plan/plan-networks.ts";
import { observedState } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = sampleProject({ web: {} });
const own: ObservedNetwork = {
  id: "n",
  name: "shop_default",
  driver: "bridge",
  labels: { [COMPOSE_LABEL.network]: "default" },
};

function planned(networks: readonly ObservedNetwork[]): readonly string[] {
  const builder = new PlanBuilder("shop");
  planNetworks(project, observedState(project, [], { networks }), builder);
  return builder.build().operations.map((operation) => operation.kind);
}

test("a missing network is created", () => expect(planned([])).toEqual(["create-network"]));
test("a name that only begins alike is another network", () =>
  expect(planned([{ ...own, name: "shop_default2" }])).toEqual(["create-network"]));
test("one with the same hash stays", () =>
  expect(planned([{ ...own, labels: { ...own.labels, [COMPOSE_LABEL.configHash]: "n" } }])).toEqual([]));
test("one that bears no hash of ours is left alone", () => expect(planned([own])).toEqual([]));
test("one with another hash is refused by name, not torn down", () =>
  expect(() => planned([{ ...own, labels: { ...own.labels, [COMPOSE_LABEL.configHash]: "x" } }])).toThrow(
    "networks.default: the definition changed",
  ));
test("somebody else's network of that name is refused in Compose's words", () =>
  expect(() => planned([{ ...own, labels: {} }])).toThrow(
    'was found but has incorrect label com.docker.compose.network set to "" (expected: "default")',
  ));
