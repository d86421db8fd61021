import { expect, test } from "bun:test";
import { registriesSection } from "../../../views/host/registries-section.tsx";
import { CONTEXT } from "../sample.ts";

test("each login can be forgotten, and none shows a password", () => {
  const html = registriesSection(CONTEXT, [{ host: "ghcr.io", username: "bot" }], null).toString();
  expect(html).toContain(`name="registry" value="ghcr.io"`);
  expect(html).toContain(`type="password"`);
  expect(html.match(/type="password"[^>]*value=/)).toBeNull();
});

test("without a login it says that public images need none", () => {
  expect(registriesSection(CONTEXT, [], null).toString()).toContain("Public images need none.");
});

test("a refused login stays open, says why, and keeps what was typed but the password", () => {
  const error = { reason: "InvalidInput", message: "the password is empty", hint: "Type it." };
  const html = registriesSection(CONTEXT, [], { registry: "ghcr.io", username: "bot", error }).toString();
  expect(html).toContain('<details class="more under" open>');
  expect(html).toContain("the password is empty");
  expect(html.match(/value="(ghcr\.io|bot)"/g)).toEqual(['value="ghcr.io"', 'value="bot"']);
  expect(html.match(/type="password"[^>]*value=/)).toBeNull();
});
