import { expect, test } from "bun:test";
import { settingsPage } from "../../../views/stack/settings-page.tsx";
import { EMPTY_STACK_FORM } from "../../../views/stack/stack-view.ts";
import { CONTEXT, sampleStack } from "../sample.ts";

const page = (over: Parameters<typeof sampleStack>[1], credentialDropped = false) =>
  settingsPage(CONTEXT, {
    stack: sampleStack("shop", over),
    form: EMPTY_STACK_FORM,
    error: null,
    credentialDropped,
  }).toString();

test("a stack of a folder has no repository to set", () => {
  expect(page({})).toContain(`name="repository"`);
  expect(page({ origin: "folder" })).not.toMatch(/name="(repository|ref|path|secret)"/);
});

test("a dropped credential is told with what to do", () => {
  expect(page({ credential: "deploy-key" }, true)).toContain("A new deploy key waits to be registered.");
  expect(page({ credential: "none" }, true)).toContain("If this repository is private");
});
