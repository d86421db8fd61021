import { expect, test } from "bun:test";
import { meansText, resolvePlain, resolveScalar } from "../../src/compose/yaml-scalar.ts";

test.each([
  ["22:22", "22:22"],
  ["yes", "yes"],
  ["off", "off"],
  ["True", true],
  ["~", null],
  ["", null],
  ["0755", 493],
  ["0o440", 288],
  ["0x1F", 31],
  ["0b11", 3],
  ["1_000", 1000],
  ["08", 8],
  ["1.10", 1.1],
  ["1e3", 1000],
  ["1000000.0", "1e+06"],
  ["2020-01-01", "2020-01-01"],
  ["123456789012345678", "123456789012345678"],
  [".inf", "+Inf"],
  ["18446744073709551615", "18446744073709551615"],
  ["0xFFFFFFFFFFFFFFFF", "18446744073709551615"],
  ["18446744073709551616", "1.8446744073709552e+19"],
  ["1e400", "1e400"],
  ["-12", -12],
  ["1.2.3", "1.2.3"],
])("%p means %p", (source, expected) => expect(resolvePlain(source)).toBe(expected));

test.each([
  ["a", true],
  ["<<", true],
  ["", false],
  ["NULL", false],
  ["true", false],
  ["012", false],
  ["1e3", false],
  ["2020-01-01", false],
  ["2020-01-01 10:00:00", false],
  ["2020-01-01T10:00:00Z", false],
  ["2020-01-01T10:00:00", true],
  ["1.2.3", true],
])("whether %p means text: %p", (source, expected) => expect(meansText(source)).toBe(expected));

const CORE = "tag:yaml.org,2002:";

test.each([
  ["!override", "8080", "8080"],
  ["!override", "null", "null"],
  ["!override", "", ""],
  [`${CORE}str`, "1.50", "1.50"],
  [`${CORE}int`, "0x10", 16],
  [`${CORE}float`, "3", 3],
  [`${CORE}bool`, "true", true],
  ["!", "", null],
  [undefined, "8080", 8080],
])("with the tag %p %p means %p", (tag, text, expected) => expect(resolveScalar(text, true, tag)).toBe(expected));

test.each([
  [`${CORE}int`, "x", "cannot decode !!str `x` as a !!int"],
  [`${CORE}int`, "1.5", "cannot decode !!float `1.5` as a !!int"],
  [`${CORE}bool`, "yes", "cannot decode !!str `yes` as a !!bool"],
  [`${CORE}int`, "", "cannot decode !!null `` as a !!int"],
])("the tag %p refuses %p", (tag, text, message) => expect(() => resolveScalar(text, true, tag)).toThrow(message));
