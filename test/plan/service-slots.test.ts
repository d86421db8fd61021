import { describe, expect, test } from "bun:test";
import { retainedName, successorName } from "../../src/label.ts";
import type { ObservedContainer } from "../../src/observed-state.ts";
import { finalNameOf, slotsOf } from "../../src/plan/service-slots.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject, textHash } from "../support/sample-project.ts";

const project = sampleProject({ web: {} });
const basis = { pins: {}, previous: null, hashOf: textHash };
const good = runningContainer(project, "web");
const stale = { ...good, id: "f".repeat(64), configHash: "old" };

const slotOf = (...containers: readonly ObservedContainer[]) =>
  slotsOf(project, "web", observedState(project, containers), basis)[0];

test("a name is the declared one, or project, service and number", () => {
  expect(finalNameOf(project, "web", 2)).toBe("shop-web-2");
  expect(finalNameOf(sampleProject({ web: { container_name: "edge" } }), "web", 1)).toBe("edge");
});

describe("a place", () => {
  test("without any container has neither keeper nor incumbent", () =>
    expect(slotOf()).toMatchObject({ keeper: null, incumbent: null }));
  test("is kept by an up-to-date container", () =>
    expect(slotOf(good)).toMatchObject({ keeper: good, incumbent: null }));
  test("is left by a stale one", () => expect(slotOf(stale)).toMatchObject({ keeper: null, incumbent: stale }));

  test("goes back to a retained container that is what is asked for", () => {
    const retained = { ...good, name: retainedName("shop-web-1", good.id) };
    expect(slotOf(stale, retained)).toMatchObject({ keeper: retained, incumbent: stale });
  });

  test("goes on with a successor that an interrupted pass had created", () => {
    const successor = { ...good, name: successorName("shop-web-1", stale.id), state: "created" as const };
    expect(slotOf(stale, successor)).toMatchObject({ keeper: successor, incumbent: stale, leftovers: [] });
  });

  test("has a stale successor as a leftover", () => {
    const leftover = { ...stale, name: successorName("shop-web-1", good.id), state: "created" as const };
    expect(slotOf(good, leftover)).toMatchObject({ keeper: good, leftovers: [leftover] });
  });

  test("counts a stale container as serving that Docker Compose left running under a temporary name", () => {
    const serving = { ...stale, name: successorName("shop-web-1", "b".repeat(64)) };
    expect(slotOf(serving)).toMatchObject({ keeper: null, incumbent: serving, leftovers: [] });
  });

  test("knows when a predecessor already waits", () => {
    expect(
      slotOf(stale, { ...stale, id: "e".repeat(64), name: retainedName("shop-web-1", "e".repeat(64)) })?.hasRetained,
    ).toBe(true);
  });
});

test("new numbers follow the highest, and up-to-date ones are kept first", () => {
  const scaled = sampleProject({ web: { scale: 2 } });
  const third = runningContainer(scaled, "web", 3);
  const old = runningContainer(scaled, "web", 1, { configHash: "old" });
  expect(slotsOf(scaled, "web", observedState(scaled, [old, third]), basis).map((slot) => slot.number)).toEqual([1, 3]);
  expect(slotsOf(scaled, "web", observedState(scaled, [third]), basis).map((slot) => slot.number)).toEqual([3, 4]);
});

test("a one-off container has no claim on a place", () =>
  expect(slotOf({ ...good, oneOff: true })).toMatchObject({ keeper: null, incumbent: null }));

test("several containers are refused where the file gives them one name", () => {
  const named = sampleProject({ web: { container_name: "front", scale: 2 } });
  expect(() => slotsOf(named, "web", observedState(named, []), basis)).toThrow(
    "services.web: 2 containers cannot all have the container_name front",
  );
});
