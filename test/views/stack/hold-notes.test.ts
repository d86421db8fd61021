import { expect, test } from "bun:test";
import { FOLDER_GONE, type Hold } from "../../../src/stack.ts";
import { holdNotes } from "../../../views/stack/hold-notes.tsx";
import { before, CONTEXT, RUNS, sampleRelease, sampleStatus, sampleSummary, WANTED } from "../sample.ts";

const hold = (kind: Hold["kind"], why = ""): Hold => ({ kind, by: "ada", why, at: before(7_200), deploymentId: "1" });
const notes = (holds: readonly Hold[], wantedCommit: string | null, pinned = false): string => {
  const summary = sampleSummary("shop", { status: sampleStatus("shop", { wantedCommit }) });
  return holdNotes(CONTEXT, { ...summary, holds, pinnedTo: pinned ? sampleRelease() : null }).toString();
};
const textOf = (html: string) => html.replace(/<svg.*?<\/svg>|<form.*?<\/form>|<[^>]+>/gs, "").trim();

test("a suspension says by whom, since when and why, and its button what will run", () => {
  const html = notes([hold("suspended", "moving the database")], WANTED);
  expect(textOf(html)).toBe(
    "Suspended by ada, 2 h ago: moving the database. Nothing of it is changed; what runs goes on running.",
  );
  expect(html).toContain("Resume with 41d07e3");
  expect(notes([hold("suspended")], RUNS)).toContain("Resume shop");
});

test("a pin names its release and the newest commit", () => {
  const html = notes([hold("pinned", "slow")], WANTED, true);
  expect(textOf(html)).toBe(
    "Pinned to 9c1f2ab by ada, 2 h ago: slow. The newest commit is 41d07e3; it waits until somebody resumes the stack.",
  );
  expect(textOf(notes([hold("pinned")], RUNS, true))).toEndWith("New commits wait until somebody resumes it.");
});

test("a stopped stack is started, and resuming promises no commit meanwhile", () => {
  const html = notes([hold("stopped"), hold("suspended")], WANTED);
  expect(html).toContain("Start shop");
  expect(html).toContain("Resume shop");
});

test("what Tallyman itself suspended warns", () => {
  expect(notes([{ ...hold("suspended"), by: "tallyman" }], WANTED)).toContain(`class="note warn"`);
});

test("of too many folders that went at once, each offers the removal that was not done, not a resumption that would not last", () => {
  const html = notes([{ ...hold("suspended", `${FOLDER_GONE}, as are 5 of 5`), by: "tallyman" }], RUNS);
  expect(html).toContain(`href="/stacks/shop/remove"`);
  expect(html).not.toContain("<button");
  expect(textOf(html)).toContain("Once the folder is back, so is the stack.");
});
