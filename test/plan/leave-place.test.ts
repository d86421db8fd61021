import { expect, test } from "bun:test";
import { giveUpName, type Leaving, planLeave } from "../../src/plan/leave-place.ts";
import type { NameHolder } from "../../src/plan/name-holders.ts";
import { PlanBuilder } from "../../src/plan/plan-builder.ts";
import { showPlan } from "../../src/plan.ts";
import { runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = sampleProject({ web: {} });
const web = runningContainer(project, "web", 1, { id: "a".repeat(64), name: "front" });
const place = { serviceName: "web", number: 1, finalName: "front", keeper: null, hasRetained: false };

function leaving(holders: Readonly<Record<string, NameHolder>> = {}): Leaving {
  const builder = new PlanBuilder("shop");
  return { builder, stops: new Map(), holders: new Map(Object.entries(holders)), left: new Map() };
}

const planned = ({ builder }: Leaving): readonly string[] => showPlan(builder.build()).split("\n");

const ASIDE = [
  "[] -> #0 service:web:1, stop-container, makes room for its successor",
  "[0] -> #1 service:web:1, set-restart-policy, kept until the gate has passed",
  "[1] -> #2 service:web:1, rename-container, kept until the gate has passed",
];

test("a predecessor stops, is disarmed and waits under another name", () => {
  const own = leaving();
  expect(planLeave(own, place, web, [])).toEqual([2]);
  expect(planned(own)).toEqual(ASIDE);
});

test("it leaves once, whoever waits for it", () => {
  const own = leaving();
  planLeave(own, place, web, []);
  expect(planLeave(own, place, web, [])).toEqual([2]);
  expect(planned(own)).toEqual(ASIDE);
});

test("where an older one waits already, or comes back, it is taken away", () => {
  const own = leaving();
  expect(planLeave(own, { ...place, hasRetained: true }, web, [])).toEqual([1]);
  expect(planned(own).at(-1)).toBe("[1] -> #2 service:web:1, remove-container, makes room for its successor");
});

test("an orphan that bears a wanted name leaves as a predecessor does", () => {
  const own = leaving({ front: { container: web, slot: null } });
  expect(giveUpName(own, { finalName: "front" }, [])).toEqual([2]);
  expect(planned(own)).toEqual(ASIDE);
});

test("a name that nobody bears needs nothing", () => {
  const own = leaving();
  expect(giveUpName(own, { finalName: "front" }, [7])).toEqual([7]);
  expect(own.builder.size).toBe(0);
});
