import { expect, test } from "bun:test";
import { loadRequestOf, settingsDigest } from "../../src/reconcile/stack-settings.ts";
import { sampleStack } from "../support/flow.ts";

const none = { values: {}, digest: "none" };

test("what shapes a stack changes its digest, what does not leaves it", () => {
  const digest = settingsDigest(sampleStack, none);
  expect(settingsDigest({ ...sampleStack, profiles: ["debug"] }, none)).not.toBe(digest);
  expect(settingsDigest({ ...sampleStack, path: "infra" }, none)).not.toBe(digest);
  expect(settingsDigest({ ...sampleStack, intervalMs: 1, ref: "other", createdAt: "later" }, none)).toBe(digest);
});

test("a stack is loaded from its folder of the live tree with its own variables alone", () => {
  const request = loadRequestOf({ ...sampleStack, path: "infra/shop", files: ["a.yaml"] }, "/root/tree", { TAG: "1" });
  expect(request).toMatchObject({
    cwd: "/root/tree/infra/shop",
    projectName: "shop",
    files: ["a.yaml"],
    environment: { TAG: "1" },
  });
});

test("a changed variable changes the digest", () => {
  expect(settingsDigest(sampleStack, { values: {}, digest: "other" })).not.toBe(settingsDigest(sampleStack, none));
});
