import { expect, test } from "bun:test";
import { asTallymanError, showPosition, TallymanError } from "../src/error.ts";

test("an error begins with the place it is about", () => {
  const error = new TallymanError("ComposeInvalid", "no such key", {
    at: { file: "compose.yaml", line: 3, column: 7 },
  });
  expect(error.message).toBe("compose.yaml:3:7: no such key");
});

test("a place without a line is its file alone", () => {
  expect(showPosition({ file: "compose.yaml", column: 4 })).toBe("compose.yaml");
});

test("a foreign error becomes one of ours and stays its cause", () => {
  const foreign = new Error("boom");
  expect(asTallymanError(foreign)).toMatchObject({ reason: "Internal", message: "boom", cause: foreign });
  expect(asTallymanError("text").message).toBe("text");
});

test("one of ours stays what it is", () => {
  const own = new TallymanError("NotFound", "gone");
  expect(asTallymanError(own, "Internal")).toBe(own);
});
