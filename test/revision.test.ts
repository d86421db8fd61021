import { expect, test } from "bun:test";
import { shortCommit } from "../src/revision.ts";

test("people read the first seven characters of a commit", () => {
  expect(shortCommit("41d07e3aa0123456789")).toBe("41d07e3");
});
