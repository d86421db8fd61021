import { expect, test } from "bun:test";
import { stackRow, stackRowHeads } from "../../../views/stack/stack-row.tsx";
import { CONTEXT, sampleStatus, sampleSummary } from "../sample.ts";
import { failedStack } from "../sample-states.ts";

test("a row tells name, place, state, commit, reason, containers, history and poll", () => {
  const html = stackRow(CONTEXT, sampleSummary("shop")).toString();
  for (const part of [
    "shop",
    "harbour/infra",
    "in sync",
    "9c1f2ab",
    "mara",
    "nothing to do",
    "1 of 1",
    "1 deployment",
    "8 s",
  ])
    expect(html).toContain(part);
});

test("the reason does not repeat the commit that the line above names", () => {
  expect(stackRow(CONTEXT, failedStack).toString()).not.toContain("</code> runs.");
});

test("before the first deployment it says that nothing runs", () => {
  const status = sampleStatus("shop", { commit: null, lastGoodPollAt: null });
  const html = stackRow(CONTEXT, sampleSummary("shop", { status, release: null, deployments: [] })).toString();
  expect(html).toContain("nothing runs yet");
  expect(html).toContain("never");
});

test("the heads name as many columns as a row has", () => {
  expect(stackRowHeads().toString().match(/<span/g)).toHaveLength(6);
});
