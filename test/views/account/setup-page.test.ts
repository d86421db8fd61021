import { expect, test } from "bun:test";
import { lockedPage, setupPage } from "../../../views/account/setup-page.tsx";
import { CONTEXT } from "../sample.ts";

test("the first account is made at the link's own address", () => {
  expect(setupPage(CONTEXT, { name: "", token: "abc", error: null }).toString()).toContain(`action="/setup/abc"`);
});

test("a locked Tallyman tells how to get the link, and has no form", () => {
  const html = lockedPage(CONTEXT).toString();
  expect(html).toContain("one-time link");
  expect(html).not.toContain("<form");
});
