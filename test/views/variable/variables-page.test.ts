import { expect, test } from "bun:test";
import { variablesPage } from "../../../views/variable/variables-page.tsx";
import { before, CONTEXT } from "../sample.ts";

const entry = { stack: "shop", changedBy: "ada", changedAt: before(7_200) };
const own = [
  { ...entry, name: "PASSWORD", secret: true, value: null },
  { ...entry, name: "URL", secret: false, value: "https://x" },
];
const shared = [{ ...entry, name: "SMTP", stack: null, secret: false, value: "mail" }];
const page = (owner: string | null) =>
  variablesPage(CONTEXT, { owner, own, shared, form: { name: "", kind: "secret", value: "" }, error: null }).toString();

test("a secret shows who changed it and when, a variable its value", () => {
  const html = page("shop");
  expect(html).toContain("secret, never shown");
  expect(html).toContain("https://x");
  expect(html).toContain("ada, <time");
});

test("no field is filled with a value, also not one that may be seen", () => {
  expect(page("shop")).not.toMatch(/<textarea[^>]*>[^<]/);
});

test("shared ones are changed on their own page", () => {
  const html = page("shop");
  expect(html).not.toContain("Change SMTP");
  expect(html).toContain("Change URL");
  expect(html).toContain(`href="/variables"`);
});
