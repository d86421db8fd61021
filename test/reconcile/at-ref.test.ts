import { expect, test } from "bun:test";
import { atRef } from "../../src/reconcile/at-ref.ts";
import { sampleStack } from "../support/flow.ts";

test("only the ref is another, and without one nothing is", () => {
  expect(atRef(sampleStack, "next")).toEqual({ ...sampleStack, ref: "next" });
  expect(atRef(sampleStack, undefined)).toBe(sampleStack);
});

test("a folder has none", () => {
  const folder = { ...sampleStack, origin: "folder" as const };
  expect(() => atRef(folder, "next")).toThrow("ref: shop is a folder of the apps dir");
});
