import { expect, test } from "bun:test";
import { verdictSections } from "../../../views/deployment/verdict-section.tsx";
import { sampleVerdict } from "../sample.ts";
import { failedDeployment } from "../sample-states.ts";

const html = verdictSections("shop", failedDeployment.verdicts).toString();

test("what failed comes before what is well", () => {
  expect(html.indexOf("exited with code 1 after 4 s")).toBeLessThan(html.indexOf("Proved healthy"));
});

test("exit codes are told with what everybody looks up", () => {
  expect(html).toContain("1, 1, 137");
  expect(html).toContain("often out of memory");
});

test("the last health check speaks, without colours", () => {
  expect(html).toContain("Connection refused");
  expect(html).not.toContain("\u001b");
});

test("a container that wrote nothing is told so", () => {
  const silent = sampleVerdict("api", { verdict: "unhealthy", summary: "exited with code 2" });
  expect(verdictSections("shop", [silent]).toString()).toContain("It wrote nothing to its log");
});

test("without verdicts the place stays, for the live stream", () => {
  expect(verdictSections("shop", []).toString()).toBe(`<div id="deployment-verdicts" class="slot"></div>`);
});
