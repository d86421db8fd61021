import { expect, test } from "bun:test";
import { timeline } from "../../../views/deployment/timeline.tsx";
import { NOW, sampleDeployment } from "../sample.ts";
import { failedDeployment } from "../sample-states.ts";

test("bars lie where they began and are as long as they took", () => {
  const html = timeline(failedDeployment, NOW).toString();
  expect(html).toContain(`<rect class="good" x="0.0" y="3" width="326.5" height="10"></rect>`);
});

test("a failed bar says so in words", () => {
  expect(timeline(failedDeployment, NOW).toString()).toContain('<span class="unseen"> failed</span>');
});

test("without an operation it says that nothing was touched", () => {
  expect(timeline(sampleDeployment("1", { status: "failed" }), NOW).toString()).toContain(
    "nothing that ran was touched",
  );
});
