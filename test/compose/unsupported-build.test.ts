import { expect, test } from "bun:test";
import { checkSupported } from "../../src/compose/unsupported.ts";
import { load, refusal } from "./memory-files.ts";

test.each([
  ["extra_hosts: ['h:host-gateway']\n      additional_contexts: { b: ../b }", "extra_hosts"],
  ["additional_contexts: { b: oci-layout:///srv/b }", "additional_contexts"],
  ['cache_to: ["type=local,dest=x"]', "cache_to"],
  ["platforms: [linux/amd64, linux/arm64]", "platforms"],
  ["cache_to: [type=inline, user/app:cache]", "cache_to"],
  ["isolation: hyperv", "isolation"],
  ["privileged: true", "privileged"],
  ["entitlements: [security.insecure]", "entitlements"],
  ["entitlements: [network.host]", "entitlements"],
  ["entitlements: [network.host, security.insecure]", "entitlements"],
  ["network: other", "network"],
  ["provenance: mode=max", "provenance"],
  ["sbom: true", "sbom"],
])("a build with %s is refused by name", (text, field) => {
  const project = load(`services:\n  a:\n    build:\n      context: .\n      ${text}\nsecrets: { s: { file: x } }\n`);
  const error = refusal(() => checkSupported(project));
  expect(error.message).toContain(`services.a.build.${field}: `);
  expect(error.at).toMatchObject({ file: "/srv/app/compose.yaml", line: 5 });
});
test("a context that the Engine fetches takes no inline Dockerfile", () => {
  const text = 'services: { a: { build: { context: "https://e.test/a.git", dockerfile_inline: FROM a } } }';
  expect(refusal(() => checkSupported(load(text))).message).toContain("build.dockerfile_inline: ");
});
test("what a build can be asked for is no matter", () => {
  checkSupported(
    load(
      "services: { a: { build: { context: ., additional_contexts: { b: ../b, c: docker-image://b:1, d: service:a }, entitlements: [network.host], cache_to: [type=inline], isolation: default, target: t, network: host, platforms: [linux/amd64], secrets: [s], ssh: [default], privileged: false, provenance: false } } }\nsecrets: { s: { file: x } }",
    ),
  );
});
