import { describe, expect, test } from "bun:test";
import { deploymentPage, deploymentPieces } from "../../../views/deployment/deployment-page.tsx";
import { CONTEXT, sampleDeployment } from "../sample.ts";
import { failedDeployment, wentBack } from "../sample-states.ts";

type Given = Omit<Parameters<typeof deploymentPieces>[1], "isLatestAttempt">;

const page = (view: Given, isLatestAttempt = true) =>
  deploymentPage(CONTEXT, { ...view, isLatestAttempt, live: "/live" }).toString();

describe("the page of a deployment", () => {
  test("consists of the very pieces that the live stream sends", () => {
    const view = { deployment: failedDeployment, wentBack, isLatestAttempt: true };
    for (const piece of deploymentPieces(CONTEXT, view)) {
      expect(page(view)).toContain(piece.html);
      expect(piece.html).toStartWith(`<${piece.html.slice(1).split(" ")[0]} id="${piece.target.slice(1)}"`);
    }
  });

  test("says that Tallyman went back, and links to it", () => {
    const html = page({ deployment: failedDeployment, wentBack });
    expect(html).toContain("Tallyman went back: ");
    expect(html).toContain(`href="/deployments/118"`);
  });

  test("says what happens next when there was nothing to go back to", () => {
    const deployment = sampleDeployment("1", {
      status: "failed",
      class: "transient",
      reason: "forge.example does not answer",
    });
    expect(page({ deployment, wentBack: null })).toContain("It is tried again by itself, with growing pauses.");
    expect(page({ deployment: { ...deployment, class: "unhealthy" }, wentBack: null })).toContain(
      "not tried again by itself",
    );
  });

  test("offers to try again only what failed, while nothing else was tried since", () => {
    const button = /<button[^>]*>Try 41d07e3 again</;
    expect(page({ deployment: failedDeployment, wentBack })).toMatch(button);
    expect(page({ deployment: failedDeployment, wentBack }, false)).not.toMatch(button);
    expect(page({ deployment: sampleDeployment("1"), wentBack: null })).not.toMatch(/<button[^>]*>Try/);
  });

  test("stays live while the way back is under way", () => {
    const goingBack = { ...wentBack, status: "applying" } as const;
    expect(page({ deployment: failedDeployment, wentBack: goingBack })).toContain("hx-sse:connect");
    expect(page({ deployment: failedDeployment, wentBack })).not.toContain("hx-sse:connect");
  });

  test("counts interruptions in words", () => {
    expect(page({ deployment: sampleDeployment("1", { interruptions: 2 }), wentBack: null })).toContain("2 times");
  });
});
