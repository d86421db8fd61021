import { expect, test } from "bun:test";
import { driftSection } from "../../../views/stack/drift-section.tsx";
import { before, CONTEXT, sampleStack, sampleStatus, sampleSummary } from "../sample.ts";

const drift = [{ resource: "service:api:1", field: "memory limit", wanted: "512 MiB", found: "" }];
const section = (mode: "repair" | "report" | "off") =>
  driftSection(
    CONTEXT,
    sampleSummary("shop", { stack: sampleStack("shop", { drift: mode }), status: sampleStatus("shop", { drift }) }),
  ).toString();

test("a difference is told by field, with what is wanted and what is there", () => {
  const html = section("repair");
  for (const words of ["api:1", "memory limit", ">512 MiB</code>", ">nothing</code>"]) expect(html).toContain(words);
});

test("it says what becomes of it", () => {
  expect(section("repair")).toContain("put right with the next look");
  expect(section("report")).toContain("only reported, as this stack is set");
});

test("nothing is promised while somebody holds the stack", () => {
  const suspended = { by: "ada", why: "", at: before(1) };
  const summary = sampleSummary("shop", { status: sampleStatus("shop", { drift, suspended }) });
  expect(driftSection(CONTEXT, summary).toString()).toContain("left so while the stack is held back");
});

test("while nothing differs it is there, unseen", () => {
  expect(driftSection(CONTEXT, sampleSummary("shop")).toString()).toBe(`<div id="stack-drift" class="slot"></div>`);
});

test("image ids are brief, and whole on hover", () => {
  const wanted = `sha256:${"8c1b".repeat(16)}`;
  const status = sampleStatus("shop", { drift: [{ resource: "service:api:1", field: "image", wanted, found: "" }] });
  const html = driftSection(CONTEXT, sampleSummary("shop", { status })).toString();
  expect(html).toContain(`<code title="${wanted}">8c1b8c1b8c1b</code>`);
});
