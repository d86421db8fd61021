import { expect, test } from "bun:test";
import { loadRequestOf, settingsDigest } from "../../src/reconcile/stack-settings.ts";
import { sampleStack } from "../support/flow.ts";

test("what shapes a stack changes its digest, what does not leaves it", () => {
  const digest = settingsDigest(sampleStack);
  expect(settingsDigest({ ...sampleStack, profiles: ["debug"] })).not.toBe(digest);
  expect(settingsDigest({ ...sampleStack, path: "infra" })).not.toBe(digest);
  expect(settingsDigest({ ...sampleStack, intervalMs: 1, ref: "other", createdAt: "later" })).toBe(digest);
});

test("a stack is loaded from its folder of the live tree with no environment of ours", () => {
  const request = loadRequestOf({ ...sampleStack, path: "infra/shop", files: ["a.yaml"] }, "/root/tree");
  expect(request).toMatchObject({
    cwd: "/root/tree/infra/shop",
    projectName: "shop",
    files: ["a.yaml"],
    environment: {},
  });
});
