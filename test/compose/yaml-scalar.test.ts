import { expect, test } from "bun:test";
import { resolvePlain } from "../../src/compose/yaml-scalar.ts";

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
  ["-12", -12],
  ["1.2.3", "1.2.3"],
])("%p means %p", (source, expected) => expect(resolvePlain(source)).toBe(expected));
