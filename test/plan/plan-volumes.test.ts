import { expect, test } from "bun:test";
import { COMPOSE_LABEL } from "../../src/label.ts";
import { PlanBuilder } from "../../src/plan/plan-builder.ts";
import { changedVolumeNames, planVolumes } from "../../src/plan/plan-volumes.ts";
import { emptyProject, type Project, type Volume } from "../../src/project.ts";
import { observedState } from "../support/observed.ts";

type Labels = Readonly<Record<string, string>>;

function projectWith(volume: Partial<Volume>): Project {
  return {
    ...emptyProject("shop"),
    volumes: { data: { name: "shop_data", ...volume } },
    hashes: { services: {}, networks: {}, volumes: { data: "v" } },
  };
}

function planned(volume: Partial<Volume>, labels: Labels | null, changed: "keep" | "refuse" = "refuse") {
  const project = projectWith(volume);
  const builder = new PlanBuilder("shop");
  const volumes = labels ? [{ name: "shop_data", driver: "local", labels }] : [];
  planVolumes(project, observedState(project, [], { volumes }), changed, builder);
  return builder.build().operations.map((operation) => operation.kind);
}

const other = { [COMPOSE_LABEL.configHash]: "old" };

test("a missing volume is created", () => expect(planned({}, null)).toEqual(["create-volume"]));
test("a volume that is there is reused, also without our labels", () => expect(planned({}, {})).toEqual([]));
test("a changed definition stops a stack's pass, which says that the data is kept", () =>
  expect(() => planned({}, other)).toThrow("volumes.data"));
test("a changed definition stops nothing where the old volume is to be kept", () =>
  expect(planned({}, other, "keep")).toEqual([]));
test("a changed volume is told by its key and its name", () => {
  const volumes = [{ name: "shop_data", driver: "local", labels: other }];
  const project = projectWith({});
  expect(changedVolumeNames(project, observedState(project, [], { volumes }))).toEqual([
    { volumeKey: "data", name: "shop_data" },
  ]);
});
test("a missing external volume is named", () =>
  expect(() => planned({ external: true }, null)).toThrow('external volume "shop_data" not found'));
test("an external volume is never compared", () => expect(planned({ external: true }, other)).toEqual([]));
