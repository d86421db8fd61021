import { expect, test } from "bun:test";
import { jsonText, quotedJson } from "../../src/compose/json-text.ts";

test("mappings keep their order, empty ones stay on their line", () => {
  const value = new Map<string, string | Map<string, string> | readonly number[]>([
    ["b", new Map()],
    ["1", [1, 2]],
    ["a", []],
  ]);
  expect(jsonText(value)).toBe('{\n  "b": {},\n  "1": [\n    1,\n    2\n  ],\n  "a": []\n}');
});

test("what HTML could misread is escaped, as Go's encoder does", () =>
  expect(quotedJson('<a> & "b"\u2028')).toBe('"\\u003ca\\u003e \\u0026 \\"b\\"\\u2028"'));
