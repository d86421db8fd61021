import { expect, test } from "bun:test";
import { PlanBuilder } from "../../src/plan/plan-builder.ts";
import { isAlive, type Stops, stopOnce } from "../../src/plan/stops.ts";
import { runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const web = runningContainer(sampleProject({ web: {} }), "web");

test("a container is stopped once, whatever reasons there are", () => {
  const builder = new PlanBuilder("shop");
  const stops: Stops = new Map();
  expect(stopOnce(web, "first", [], stops, builder)).toEqual([0]);
  expect(stopOnce(web, "second", [7], stops, builder)).toEqual([7, 0]);
  expect(builder.build().operations.map(({ cause }) => cause)).toEqual(["first"]);
});

test("what runs, restarts or is paused is alive", () =>
  expect(
    (["running", "restarting", "paused", "created", "exited"] as const).map((state) => isAlive({ ...web, state })),
  ).toEqual([true, true, true, false, false]));
