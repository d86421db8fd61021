import { expect, test } from "bun:test";
import { fact, stackFacts } from "../../../views/stack/stack-facts.tsx";
import { CONTEXT, sampleStack, sampleStatus, sampleSummary } from "../sample.ts";
import { failedStack } from "../sample-states.ts";

test("what is wanted is shown only while something else runs", () => {
  expect(stackFacts(CONTEXT, failedStack).toString()).toContain("Switch api to the new queue");
  expect(stackFacts(CONTEXT, sampleSummary("shop")).toString()).not.toContain("Wanted");
});

test("it says what is followed, where, how often and since when it is known", () => {
  const html = stackFacts(CONTEXT, sampleSummary("shop")).toString();
  for (const part of [
    "<code>main</code> of ",
    "forge.example/harbour/infra",
    "folder <code>shop</code>",
    "8 s ago",
    "every 60 s",
  ])
    expect(html).toContain(part);
});

test("settings that are not as usual are named", () => {
  const stack = sampleStack("shop", {
    ref: null,
    files: ["a.yaml", "b.yaml"],
    profiles: ["debug"],
    project: "old",
    envFiles: ["x.env"],
  });
  const html = stackFacts(
    CONTEXT,
    sampleSummary("shop", { stack, status: sampleStatus("shop", { lastGoodPollAt: null }) }),
  ).toString();
  for (const part of ["the default branch", "a.yaml, b.yaml", "debug", ">old<", "x.env", "never"])
    expect(html).toContain(part);
});

test("a fact is a term and its value", () => {
  expect(fact("Runs", "x").toString()).toBe("<div><dt>Runs</dt><dd>x</dd></div>");
});
