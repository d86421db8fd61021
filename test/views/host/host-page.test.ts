import { expect, test } from "bun:test";
import { hostPage } from "../../../views/host/host-page.tsx";
import { CONTEXT } from "../sample.ts";

const build = { version: "1", commit: "", bun: "1.4.5", target: "linux-x64" };
const good = { name: "Store", ok: true, detail: "encrypted", fix: "" };
const bad = { name: "Worker image", ok: false, detail: "missing", fix: "Run `tallyman worker-image build`" };

test("failing checks come first, with their fix", () => {
  const html = hostPage(CONTEXT, {
    engine: null,
    root: "/opt",
    build,
    registries: [],
    refusedLogin: null,
    checks: [good, bad],
  }).toString();
  expect(html.indexOf("Worker image")).toBeLessThan(html.indexOf("Store"));
  expect(html).toContain("Run <code>tallyman worker-image build</code>.");
  expect(html).toContain("One check fails");
});

test("an Engine that does not answer is said in words", () => {
  expect(
    hostPage(CONTEXT, {
      engine: null,
      root: "/opt",
      build,
      registries: [],
      refusedLogin: null,
      checks: [good],
    }).toString(),
  ).toContain("It does not answer.");
});
