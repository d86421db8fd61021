import { expect, test } from "bun:test";
import { deploymentRow } from "../../../views/deployment/deployment-row.tsx";
import { CONTEXT, RUNS, sampleDeployment } from "../sample.ts";
import { applying, failedDeployment } from "../sample-states.ts";

test("a row tells state, commit, message, author, cause and time, and leads to the deployment", () => {
  const html = deploymentRow(CONTEXT, failedDeployment).toString();
  for (const part of [
    "failed",
    "41d07e3",
    "Switch api to the new queue",
    "jon",
    "new commit on main",
    "9.8 s",
    "2 min ago",
  ])
    expect(html).toContain(part);
  expect(html).toContain(`href="/deployments/117"`);
});

test("the whole commit id is on the chip", () => {
  expect(deploymentRow(CONTEXT, sampleDeployment("1")).toString()).toContain(`title="${RUNS}"`);
});

test("one that runs has no duration yet", () => {
  expect(deploymentRow(CONTEXT, applying).toString()).toContain('took">…');
});
