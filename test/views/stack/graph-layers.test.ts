import { expect, test } from "bun:test";
import { graphLayers } from "../../../views/stack/graph-layers.ts";

test("who waits stands above whom it waits for", () => {
  expect(graphLayers({ proxy: ["api", "worker"], api: ["db"], worker: ["db"], db: [] })).toEqual([
    ["proxy"],
    ["api", "worker"],
    ["db"],
  ]);
});

test("the longest way counts", () => {
  expect(graphLayers({ a: ["b", "c"], b: ["c"], c: [] })).toEqual([["a"], ["b"], ["c"]]);
});

test("services that wait for nothing and are not waited for stand on top", () => {
  expect(graphLayers({ alone: [], a: ["b"] })).toEqual([["a", "alone"], ["b"]]);
});

test("a name that is only waited for has a place too", () => {
  expect(graphLayers({ a: ["gone"] })).toEqual([["a"], ["gone"]]);
});

test("a circle is cut instead of walked for ever", () => {
  expect(
    graphLayers({ a: ["b"], b: ["a"] })
      .flat()
      .sort(),
  ).toEqual(["a", "b"]);
});

test("nothing has no layers", () => {
  expect(graphLayers({})).toEqual([]);
});
