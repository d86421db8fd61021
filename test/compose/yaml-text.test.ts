import { expect, test } from "bun:test";
import { parse } from "yaml";
import type { Printed } from "../../src/compose/printed.ts";
import { yamlText } from "../../src/compose/yaml-text.ts";

const written = (value: Printed): string => yamlText(new Map([["k", value]]));

// What Docker Compose's encoder writes for each text.
test.each([
  ["plain", "k: plain\n"],
  ["", 'k: ""\n'],
  ["no", 'k: "no"\n'],
  ["null", 'k: "null"\n'],
  ["0755", 'k: "0755"\n'],
  ["1e3", 'k: "1e3"\n'],
  ["9007199254740993", 'k: "9007199254740993"\n'],
  ["22:22", 'k: "22:22"\n'],
  ["2020-01-01", 'k: "2020-01-01"\n'],
  ["2020-13-01", "k: 2020-13-01\n"],
  ["1.2.3", "k: 1.2.3\n"],
  ["- a", "k: '- a'\n"],
  ["-a", "k: -a\n"],
  ["a: b", "k: 'a: b'\n"],
  ["a:b", "k: a:b\n"],
  ["a #b", "k: 'a #b'\n"],
  ["a#b", "k: a#b\n"],
  ["it's [x", "k: it's [x\n"],
  ["[x'y", "k: '[x''y'\n"],
  [" a", "k: ' a'\n"],
  ["a\tb", 'k: "a\\tb"\n'],
  ['say "x"', 'k: say "x"\n'],
  ["ä", "k: ä\n"],
  ["😀", 'k: "\\U0001F600"\n'],
  ["a\nb", "k: |-\n  a\n  b\n"],
  ["a\nb\n", "k: |\n  a\n  b\n"],
  ["a\n\n", "k: |+\n  a\n\n"],
  [" a\nb", "k: |2-\n   a\n  b\n"],
  ["a \nb", 'k: "a \\nb"\n'],
  ["a\r\nb", 'k: "a\\r\\nb"\n'],
])("the text %j", (text, expected) => {
  expect(written(text)).toBe(expected);
  expect(parse(expected)).toEqual({ k: text });
});

test("collections in collections begin on the line of their dash", () => {
  const value: Printed = [
    new Map<string, Printed>([
      ["a", 1],
      ["b", []],
    ]),
    ["x", new Map()],
    null,
    true,
    1.5,
  ];
  expect(written(value)).toBe("k:\n  - a: 1\n    b: []\n  - - x\n    - {}\n  - null\n  - true\n  - 1.5\n");
});

test("a key beyond 128 bytes is said to be one", () => {
  const key = "k".repeat(129);
  expect(yamlText(new Map([[key, "v"]]))).toBe(`? ${key}\n: v\n`);
});
