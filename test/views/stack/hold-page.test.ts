import { expect, test } from "bun:test";
import { holdPage } from "../../../views/stack/hold-page.tsx";
import { CONTEXT, sampleStack, sampleStatus } from "../sample.ts";

const page = (kind: "suspended" | "stopped") =>
  holdPage(CONTEXT, {
    stack: sampleStack("shop"),
    status: sampleStatus("shop"),
    kind,
    why: "x",
    error: null,
  }).toString();

test("it says what happens and what stays, and asks why", () => {
  expect(page("suspended")).toContain("What runs goes on running");
  expect(page("stopped")).toContain("Whatever they serve is down.");
  for (const kind of ["suspended", "stopped"] as const) expect(page(kind)).toContain(`name="why"`);
});

test("the form goes where the verb says", () => {
  expect(page("suspended")).toContain(`action="/stacks/shop/suspend"`);
  expect(page("stopped")).toContain(`action="/stacks/shop/stop"`);
});
