import { expect, test } from "bun:test";
import { byYamlKey } from "../../src/compose/printed.ts";

test("numbers in keys are ordered by value, letters behind other characters", () => {
  const keys = ["b", "a10", "a9", "a", "A", "a_b", "a-b", "aa", "a09", "_", "1"];
  expect(keys.sort(byYamlKey)).toEqual(["_", "1", "A", "a", "a-b", "a_b", "a9", "a09", "a10", "aa", "b"]);
});
