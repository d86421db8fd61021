import { expect, test } from "bun:test";
import { colouredText, plainText } from "../../src/cli/plain-text.ts";

const HOSTILE: readonly (readonly [string, string])[] = [
  ["\u001b[31mred\u001b[0m", "red"],
  ["\u001b]0;title\u0007text", "text"],
  ["\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\", "link"],
  ["\u001bPq#0;2;0;0;0\u001b\\image", "image"],
  ["\u009b2Jeight-bit", "2Jeight-bit"],
  ["over\rwrite\b\u007f", "overwrite"],
  ["right\u202eleft\u2066", "rightleft"],
  ["unfinished \u001b[", "unfinished "],
  ["unfinished \u001b]0;never ends", "unfinished "],
  ["tab\tstays", "tab\tstays"],
  ["ünïcödé ✓ 漢字", "ünïcödé ✓ 漢字"],
];

for (const [text, plain] of HOSTILE) {
  test(`${JSON.stringify(text)} becomes ${JSON.stringify(plain)}`, () => {
    expect(plainText(text)).toBe(plain);
  });
}

test("colours may stay, and end with the line", () => {
  expect(colouredText("\u001b[1;31mred\u001b[2J\u0007")).toBe("\u001b[1;31mred\u001b[0m");
  expect(colouredText("none")).toBe("none");
});
