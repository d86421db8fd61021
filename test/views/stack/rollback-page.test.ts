import { expect, test } from "bun:test";
import { rollbackPage } from "../../../views/stack/rollback-page.tsx";
import { CONTEXT, sampleRelease, sampleStack } from "../sample.ts";

const former = sampleRelease({ deploymentId: "112", imageDigests: { "nginx:1.27": `sha256:${"ab".repeat(32)}` } });
const page = (...releases: Parameters<typeof sampleRelease>[0][]) =>
  rollbackPage(CONTEXT, {
    stack: sampleStack("shop"),
    releases: releases.map(sampleRelease),
    current: "118",
    suggested: "112",
    why: "",
    error: null,
  }).toString();

test("every release is a choice with its images, the former one chosen", () => {
  const html = page({}, former);
  expect(html).toContain(`name="to" value="112" checked`);
  expect(html).toContain("runs now");
  expect(html).toContain("nginx:1.27");
  expect(html).toContain("abababababab");
  expect(html).toContain("Data in volumes is not turned back.");
});

test("with nothing to go back to there is no form", () => {
  for (const html of [page(), page({})]) expect(html).not.toContain(`name="to"`);
});
