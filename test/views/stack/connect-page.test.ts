import { expect, test } from "bun:test";
import { connectPage } from "../../../views/stack/connect-page.tsx";
import { CONTEXT, RUNS, sampleStack } from "../sample.ts";

const error = { reason: "GitAuthentication", message: "forge.example refused our key", hint: "Add the deploy key." };
const stack = sampleStack("shop");
const base = { stack, publicKey: "ssh-ed25519 AAAA x", unknownHost: null };

test("while the repository refuses, it says why and can be asked again", () => {
  const html = connectPage(CONTEXT, { ...base, probe: { ok: false, error } }).toString();
  expect(html).toContain("<b>forge.example refused our key.</b>");
  expect(html).toContain(`<a class="btn main" href="/stacks/shop/connect">Check again</a>`);
});

test("when it answers, the way goes on to the plan", () => {
  const html = connectPage(CONTEXT, { ...base, probe: { ok: true, commit: RUNS, ref: "refs/heads/main" } }).toString();
  expect(html).toContain("<code>main</code> is at");
  expect(html).toContain(`<a class="btn main" href="/stacks/shop/plan">`);
});

test("for an unknown server the question stands instead of the error", () => {
  const unknownHost = { host: "forge.example", keys: [] };
  const html = connectPage(CONTEXT, { ...base, unknownHost, probe: { ok: false, error } }).toString();
  expect(html).not.toContain("refused our key");
  expect(html).toContain("Is this the right server?");
});
