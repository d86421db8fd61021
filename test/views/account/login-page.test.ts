import { expect, test } from "bun:test";
import { loginPage } from "../../../views/account/login-page.tsx";
import { CONTEXT } from "../sample.ts";

const error = { reason: "Unauthorized", message: "name or password is wrong", hint: "Try again." };

test("a refusal keeps the name, never the password, and is read out", () => {
  const html = loginPage(CONTEXT, { name: "ada", error }).toString();
  expect(html).toContain(`value="ada"`);
  expect(html).toContain(`role="alert"`);
  expect(html).toMatch(/<input id="password"(?![^>]*value=)/);
});

test("password managers know the fields", () => {
  const html = loginPage(CONTEXT, { name: "", error: null }).toString();
  expect(html).toContain(`autocomplete="username"`);
  expect(html).toContain(`autocomplete="current-password"`);
});
