import { expect, test } from "bun:test";
import { crumbs, stackHead } from "../../../views/stack/stack-head.tsx";
import { CONTEXT, sampleSummary } from "../sample.ts";
import { failedStack } from "../sample-states.ts";

test("the button says what it will do", () => {
  expect(stackHead(CONTEXT, sampleSummary("shop")).toString()).toContain("Deploy now");
  expect(stackHead(CONTEXT, failedStack).toString()).toContain("Try 41d07e3 again");
});

test("removing leads to a question first", () => {
  expect(stackHead(CONTEXT, failedStack).toString()).toContain(
    `<a class="btn plain bad" href="/stacks/shop/remove">Remove…</a>`,
  );
});

test("the way back leads over the stack", () => {
  expect(crumbs("shop").toString()).toContain(`<a href="/stacks/shop">shop</a>`);
});
