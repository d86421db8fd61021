import { describe, expect, test } from "bun:test";
import { durationMs, parseBytes, parseDuration, showDuration } from "../src/quantity.ts";

describe("durations", () => {
  test("are read as Go reads them, with days and weeks", () => {
    const cases = {
      "1m30s": 90_000,
      "1.5h": 5_400_000,
      "2d": 172_800_000,
      "1w": 604_800_000,
      "500ms": 500,
      "0": 0,
      "-1s": -1_000,
      ".5s": 500,
    };
    for (const [text, ms] of Object.entries(cases)) expect(durationMs(text)).toBe(ms);
  });

  test("without a unit are refused, as anything else is", () => {
    for (const text of ["", "s", "x"]) expect(() => parseDuration(text)).toThrow(`invalid duration "${text}"`);
    for (const text of ["10", "1m30"]) expect(() => parseDuration(text)).toThrow(`missing unit in duration "${text}"`);
    for (const [text, unit] of [
      ["1x", "x"],
      ["1 m", " m"],
      ["1m 30s", "m "],
    ] as const)
      expect(() => parseDuration(text)).toThrow(`unknown unit "${unit}" in duration "${text}"`);
  });

  test("are shown as Go shows them", () => {
    const cases = {
      "90s": "1m30s",
      "1h": "1h0m0s",
      "500ms": "500ms",
      "1.5s": "1.5s",
      "0": "0s",
      "1us": "1µs",
      "2d": "48h0m0s",
      "-90s": "-1m30s",
      "15ns": "15ns",
    };
    for (const [text, shown] of Object.entries(cases)) expect(showDuration(parseDuration(text))).toBe(shown);
  });
});

describe("byte sizes", () => {
  test("are binary whatever the unit is called", () => {
    const cases = {
      "1g": 2 ** 30,
      "512M": 512 * 2 ** 20,
      "1.5gb": 1.5 * 2 ** 30,
      "100": 100,
      "1kib": 1024,
      "10b": 10,
      "1 k": 1024,
    };
    for (const [text, bytes] of Object.entries(cases)) expect(parseBytes(text)).toBe(bytes);
  });

  test("with an unknown unit are refused", () => {
    for (const text of ["", "-1", "g"]) expect(() => parseBytes(text)).toThrow(`invalid size: '${text}'`);
    for (const [text, unit] of [
      ["10x", "x"],
      ["1kk", "kk"],
      ["1bb", "bb"],
    ] as const)
      expect(() => parseBytes(text)).toThrow(`invalid suffix: '${unit}'`);
    expect(() => parseBytes("1,5g")).toThrow('strconv.ParseFloat: parsing "1,5": invalid syntax');
  });
});
