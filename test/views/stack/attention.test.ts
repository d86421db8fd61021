import { describe, expect, test } from "bun:test";
import { attention, needsPerson, stackNote } from "../../../views/stack/attention.tsx";
import { sampleStatus, sampleSummary } from "../sample.ts";
import { everyState, failedStack } from "../sample-states.ts";

describe("what needs a person", () => {
  test("is what failed, and what hints at something to do", () => {
    expect(everyState.filter(needsPerson).map(({ stack }) => stack.name)).toEqual(["mail", "new", "shop"]);
  });

  test("stands with the failed ones first", () => {
    const html = attention(everyState).toString();
    expect(html.indexOf("<b>shop</b>")).toBeLessThan(html.indexOf("<b>mail</b>"));
  });

  test("is counted when it is much", () => {
    const many = Array.from({ length: 6 }, (_, index) => ({
      ...failedStack,
      stack: { ...failedStack.stack, name: `s${index}` },
    }));
    expect(attention(many).toString()).toContain("2 more stacks need you");
  });

  test("leaves an empty place when nothing does", () => {
    expect(attention([sampleSummary("shop")]).toString()).toBe(
      `<div id="attention" class="slot" aria-live="polite"></div>`,
    );
  });
});

describe("the one button that helps", () => {
  test("leads to the failed deployment", () => {
    expect(stackNote(failedStack, "stack").toString()).toContain(`href="/deployments/117"`);
  });

  test("does so as well when the failed release was left up, suspended or not", () => {
    const { status } = failedStack;
    const suspended = { by: "tallyman", why: "41d07e3 failed, and its failure_action is pause", at: "" };
    for (const left of [
      { ...status, state: "degraded" as const },
      { ...status, state: "suspended" as const, suspended },
    ])
      expect(stackNote({ ...failedStack, status: left }, "overview").toString()).toContain(`href="/deployments/117"`);
  });

  test("leads to the connection when that is what fails, unless the page shows it already", () => {
    const status = sampleStatus("new", { state: "failed", trouble: "HostKeyUnknown" });
    const summary = sampleSummary("new", { status, deployments: [] });
    expect(stackNote(summary, "overview").toString()).toContain(`href="/stacks/new/connect"`);
    expect(stackNote(summary, "stack-with-connection").toString()).not.toContain("<a");
  });

  test("else leads to the stack, where one is not there yet", () => {
    const summary = sampleSummary("mail", { status: sampleStatus("mail", { state: "degraded", hint: "Look." }) });
    expect(stackNote(summary, "overview").toString()).toContain(`href="/stacks/mail"`);
    expect(stackNote(summary, "stack").toString()).not.toContain("<a");
  });
});
