import { expect, test } from "bun:test";
import { overviewPage, overviewPieces } from "../../../views/stack/overview-page.tsx";
import { CONTEXT, sampleSummary } from "../sample.ts";
import { everyState } from "../sample-states.ts";

const page = (stacks: typeof everyState) => overviewPage(CONTEXT, { stacks, live: "/live" }).toString();

test("the page consists of the very pieces that the live stream sends", () => {
  for (const stacks of [everyState, []])
    for (const piece of overviewPieces(CONTEXT, { stacks })) {
      expect(page(stacks)).toContain(piece.html);
      expect(piece.html).toContain(` id="${piece.target.slice(1)}"`);
    }
});

test("the summary counts stacks, repositories and those that need somebody", () => {
  expect(page(everyState)).toContain("9 stacks from 3 repositories. 3 need you.");
  expect(page([sampleSummary("a")])).toContain("1 stack from 1 repository. Nothing needs you.");
});

test("without stacks it says what a stack is and how to add one", () => {
  expect(page([])).toContain("No stacks yet");
  expect(page([]).match(/href="\/stacks\/new"/g)).toHaveLength(1);
});
