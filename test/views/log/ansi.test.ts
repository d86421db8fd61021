import { describe, expect, test } from "bun:test";
import { ansiRuns, withoutAnsi } from "../../../views/log/ansi.ts";

const ESC = "\u001b";

describe("colours", () => {
  test("begin and end where the terminal would begin and end them", () => {
    expect(ansiRuns(`a${ESC}[31mb${ESC}[0mc`)).toEqual([
      { text: "a", className: "" },
      { text: "b", className: "r" },
      { text: "c", className: "" },
    ]);
  });

  test("add up with bold and dim, bright ones count as plain ones", () => {
    expect(ansiRuns(`${ESC}[1;92mok`)).toEqual([{ text: "ok", className: "g bold" }]);
    expect(ansiRuns(`${ESC}[1m${ESC}[33mx${ESC}[22my${ESC}[39mz`).map((run) => run.className)).toEqual([
      "y bold",
      "y",
      "",
    ]);
    expect(ansiRuns(`${ESC}[2mx`)).toEqual([{ text: "x", className: "t" }]);
  });

  test("of palettes and RGB are passed over with all their numbers", () => {
    expect(ansiRuns(`${ESC}[38;5;31mx${ESC}[38;2;31;32;33my${ESC}[mz`).map((run) => run.className)).toEqual([
      "",
      "",
      "",
    ]);
  });
});

describe("everything else", () => {
  test.each([
    [`${ESC}[2J${ESC}[1;1Hx`, "x"],
    [`${ESC}]0;title\u0007x`, "x"],
    [`${ESC}]8;;https://a.example${ESC}\\link${ESC}]8;;${ESC}\\`, "link"],
    [`${ESC}(Bx`, "x"],
    ["a\u0000b\u0008c\td", "abc\td"],
    ["10 %\r20 %\r", "20 %"],
    [`x${ESC}`, "x"],
    [`${ESC}[`, ""],
  ])("%p shows as %p", (line, shown) => {
    expect(withoutAnsi(line)).toBe(shown);
  });

  test("a hundred thousand escapes take no long time", () => {
    expect(withoutAnsi(`${ESC}[31m${ESC}]`.repeat(100_000))).toBe("");
  });
});
