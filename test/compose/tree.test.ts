import { expect, test } from "bun:test";
import {
  asGoText,
  byBytes,
  entry,
  goType,
  items,
  mapServices,
  sameValue,
  section,
  showFloat,
  showScalar,
  toList,
  withEntry,
  without,
} from "../../src/compose/tree.ts";

test("only own entries are seen: a service may be called constructor", () => {
  expect(entry({}, "constructor")).toBeUndefined();
  expect(entry({ constructor: 1 }, "constructor")).toBe(1);
});
test("a missing section is empty", () => expect([section(null, "a"), items({ a: 1 }, "a")]).toEqual([{}, []]));
test("removing a key leaves the original alone", () => {
  const before = { a: 1, b: { c: 2 } };
  expect(withEntry(before, "a", undefined)).toEqual({ b: { c: 2 } });
  expect(without(before, ["b", "c"])).toEqual({ a: 1, b: {} });
  expect(without(before, ["x", "c"])).toBe(before);
  expect(before).toEqual({ a: 1, b: { c: 2 } });
});
test("services that are mappings are changed", () => {
  expect(mapServices({ services: { a: {}, b: null } }, () => ({ x: 1 }))).toEqual({
    services: { a: { x: 1 }, b: null },
  });
});
test("values are compared without regard to the order of keys", () => {
  expect(sameValue({ a: [1], b: null }, { b: null, a: [1] })).toBe(true);
  expect(sameValue({ a: 1 }, { a: 2 })).toBe(false);
  expect(sameValue([1], { 0: 1 })).toBe(false);
});
test("scalars are shown as Go shows them", () => {
  expect([1, 1.5, true, null, "x", 1234567.5, 0.00001].map(showScalar)).toEqual([
    "1",
    "1.5",
    "true",
    "<nil>",
    "x",
    "1.2345675e+06",
    "1e-05",
  ]);
  expect([100000.5, 0.0001, 1e21].map(showFloat)).toEqual(["100000.5", "0.0001", "1e+21"]);
});
test("a mapping as a list is sorted", () => expect(toList({ b: 1, a: null })).toEqual(["a", "b=1"]));
test("texts are ordered by their bytes", () => {
  expect(["b", "a", "é", "B", "\u{1F600}", "\uFF21", "aa"].sort(byBytes)).toEqual([
    "B",
    "a",
    "aa",
    "b",
    "é",
    "\uFF21",
    "\u{1F600}",
  ]);
});
test("values are shown as Go shows them", () => {
  expect([showScalar({ b: [1, "x"], a: null }), goType({}), goType([]), goType(1.5), goType(null)]).toEqual([
    "map[a:<nil> b:[1 x]]",
    "map[string]interface {}",
    "[]interface {}",
    "float64",
    "<nil>",
  ]);
  expect([asGoText("x"), asGoText(true), asGoText(null)]).toEqual(["x", "%!s(bool=true)", "%!s(<nil>)"]);
});
