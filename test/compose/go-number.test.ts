import { expect, test } from "bun:test";
import { parseFloatText, parseInteger } from "../../src/compose/go-number.ts";

test.each([
  ["1.5", 1.5],
  ["1e3", 1000],
  ["+1.", 1],
  [".5", 0.5],
  ["1_0", 10],
  ["0x1p-2", 0.25],
  ["-0x1.8p1", -3],
  ["inf", Infinity],
  ["-Infinity", -Infinity],
])("the float %p is %p", (text, value) => expect(parseFloatText(text)).toBe(value));

test.each(["", " 1", "1__0", "0x1", ".", "1e", "x"])("%p is no float", (text) =>
  expect(() => parseFloatText(text)).toThrow(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`),
);

test("beyond what a float holds", () => expect(() => parseFloatText("1e400")).toThrow("value out of range"));

test("integers of 64 bits keep their digits", () => {
  expect(["5", "+5", "-0", "9007199254740993"].map((text) => parseInteger(text, "Atoi"))).toEqual([
    5,
    5,
    0,
    "9007199254740993",
  ]);
  expect(() => parseInteger("9223372036854775808", "ParseInt")).toThrow(
    'strconv.ParseInt: parsing "9223372036854775808": value out of range',
  );
  expect(() => parseInteger("1e3", "Atoi")).toThrow('strconv.Atoi: parsing "1e3": invalid syntax');
});
