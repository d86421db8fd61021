import { expect, test } from "bun:test";
import { COMPOSE_LABEL } from "../../src/label.ts";
import { PlanBuilder } from "../../src/plan/plan-builder.ts";
import { planVolumes } from "../../src/plan/plan-volumes.ts";
import { emptyProject, type Volume } from "../../src/project.ts";
import { observedState } from "../support/observed.ts";

function planned(volume: Partial<Volume>, labels: Readonly<Record<string, string>> | null): readonly string[] {
  const project = {
    ...emptyProject("shop"),
    volumes: { data: { name: "shop_data", ...volume } },
    hashes: { services: {}, networks: {}, volumes: { data: "v" } },
  };
  const builder = new PlanBuilder("shop");
  const volumes = labels ? [{ name: "shop_data", driver: "local", labels }] : [];
  planVolumes(project, observedState(project, [], { volumes }), builder);
  return builder.build().operations.map((operation) => operation.kind);
}

test("a missing volume is created", () => expect(planned({}, null)).toEqual(["create-volume"]));
test("a volume that is there is reused, also without our labels", () => expect(planned({}, {})).toEqual([]));
test("a changed definition stops the plan and says that the data is kept", () =>
  expect(() => planned({}, { [COMPOSE_LABEL.configHash]: "old" })).toThrow("volumes.data"));
test("a missing external volume is named", () =>
  expect(() => planned({ external: true }, null)).toThrow('external volume "shop_data" not found'));
test("an external volume is never compared", () =>
  expect(planned({ external: true }, { [COMPOSE_LABEL.configHash]: "old" })).toEqual([]));
