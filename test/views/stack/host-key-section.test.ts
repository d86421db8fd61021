import { expect, test } from "bun:test";
import { hostKeySection } from "../../../views/stack/host-key-section.tsx";
import { CONTEXT } from "../sample.ts";

const key = { type: "ssh-ed25519", fingerprint: "SHA256:abc" };

test("accepting sends exactly the fingerprint that is shown", () => {
  const html = hostKeySection(CONTEXT, "shop", { host: "[forge.example]:2222", keys: [key] }).toString();
  expect(html).toContain(`<code class="key">SHA256:abc</code>`);
  for (const [name, value] of [
    ["host", "[forge.example]:2222"],
    ["fingerprint", "SHA256:abc"],
    ["stack", "shop"],
  ])
    expect(html).toContain(`name="${name}" value="${value}"`);
});

test("for a well-known forge the published fingerprints are linked", () => {
  expect(hostKeySection(CONTEXT, "shop", { host: "github.com", keys: [key] }).toString()).toContain(
    "https://docs.github.com/",
  );
  expect(hostKeySection(CONTEXT, "shop", { host: "github.com.evil.example", keys: [key] }).toString()).not.toContain(
    "docs.github.com",
  );
});

test("a server that shows no key is said in words", () => {
  expect(hostKeySection(CONTEXT, "shop", { host: "forge.example", keys: [] }).toString()).toContain(
    "It shows no key at all",
  );
});
