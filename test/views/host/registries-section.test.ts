import { expect, test } from "bun:test";
import { registriesSection } from "../../../views/host/registries-section.tsx";
import { CONTEXT } from "../sample.ts";

test("each login can be forgotten, and none shows a password", () => {
  const html = registriesSection(CONTEXT, [{ host: "ghcr.io", username: "bot" }]).toString();
  expect(html).toContain(`name="registry" value="ghcr.io"`);
  expect(html).toContain(`type="password"`);
  expect(html.match(/type="password"[^>]*value=/)).toBeNull();
});

test("without a login it says that public images need none", () => {
  expect(registriesSection(CONTEXT, []).toString()).toContain("Public images need none.");
});
