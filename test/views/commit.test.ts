import { expect, test } from "bun:test";
import { commitChip, copyableCommit, copyButton } from "../../views/commit.tsx";
import { RUNS } from "./sample.ts";

test("a chip shows the short id and holds the whole one", () => {
  expect(commitChip(RUNS).toString()).toBe(`<code class="sha" title="${RUNS}">9c1f2ab</code>`);
});

test("the button beside it copies the whole one and says so", () => {
  expect(copyableCommit(RUNS).toString()).toContain(`data-copy="${RUNS}" aria-label="Copy commit 9c1f2ab"`);
});

test("a copy button never sends a form", () => {
  expect(copyButton("x", "Copy").toString()).toContain(`type="button"`);
});
