import { expect, test } from "bun:test";
import { ComposeFault, faultAt, locating, nearestPosition } from "../../src/compose/compose-fault.ts";
import { TallymanError } from "../../src/error.ts";
import { refusal } from "./memory-files.ts";

const positions = new Map([["services.web", { file: "/a.yaml", line: 2, column: 3 }]]);

test("a fault is thrown with the position of the nearest thing around it", () => {
  const error = refusal(() =>
    locating(positions, "/b.yaml", () => {
      throw new ComposeFault("wrong", ["services", "web", "ports", "0"]);
    }),
  );
  expect(error).toBeInstanceOf(TallymanError);
  expect(error.message).toBe("/a.yaml:2:3: wrong");
  expect(error.hint).toBe("Correct /a.yaml at line 2.");
});
test("without a position the file is named", () => {
  const error = refusal(() =>
    locating(new Map(), "/b.yaml", () => {
      throw new ComposeFault("wrong", [], "Do this.", "ComposeFileMissing");
    }),
  );
  expect([error.message, error.hint, error.reason]).toEqual(["/b.yaml: wrong", "Do this.", "ComposeFileMissing"]);
});
test("other errors pass through untouched", () => {
  const other = new TypeError("x");
  expect(() =>
    locating(positions, undefined, () => {
      throw other;
    }),
  ).toThrow(other);
});
test("a parser's complaint becomes a fault at the path", () => {
  expect(() =>
    faultAt(["a"], "before: ", () => {
      throw new Error("bad");
    }),
  ).toThrow("before: bad");
  expect(faultAt(["a"], "", () => 1)).toBe(1);
});
test("nothing around means no position", () => expect(nearestPosition(positions, ["networks", "x"])).toBeUndefined());
