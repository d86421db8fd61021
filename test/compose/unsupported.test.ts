import { expect, test } from "bun:test";
import { checkSupported, unsupported } from "../../src/compose/unsupported.ts";
import { load, refusal } from "./memory-files.ts";

test.each([
  ["services: { a: { provider: { type: x } } }", "services.a.provider"],
  ["services: { a: { image: a, use_api_socket: true } }", "services.a.use_api_socket"],
  ["services: { a: { image: a, credential_spec: { file: x } } }", "services.a.credential_spec"],
  ["services: { a: { image: a, post_start: [{ command: x }] } }", "services.a.post_start"],
  ["services: { a: { image: a, pre_stop: [{ command: x }] } }", "services.a.pre_stop"],
  ["services: { a: { image: a, models: [m] } }\nmodels: { m: { model: x } }", "services.a.models"],
  ["services: { a: { image: a, secrets: [s] } }\nsecrets: { s: { external: true } }", "secrets.s.external"],
  [
    "services: { a: { image: a, configs: [c] } }\nconfigs: { c: { file: x, template_driver: g } }",
    "configs.c.template_driver",
  ],
])("%s is named", (text, field) => {
  const error = refusal(() => checkSupported(load(text)));
  expect(error.reason).toBe("ComposeUnsupported");
  expect(error.message).toContain(`${field}: `);
  expect(error.at?.file).toBe("/srv/app/compose.yaml");
});
test("the line of the field is shown", () => {
  const [first] = unsupported(load("services:\n  a:\n    image: a\n    pre_stop:\n      - command: x\n"));
  expect(first?.at).toEqual({ file: "/srv/app/compose.yaml", line: 4, column: 5 });
});
test.each([
  ["secrets: [s]", "secrets"],
  ["ssh: [default]", "ssh"],
  ["additional_contexts: { b: ../b }", "additional_contexts"],
  ['cache_to: ["type=local,dest=x"]', "cache_to"],
  ["platforms: [linux/amd64, linux/arm64]", "platforms"],
  ["privileged: true", "privileged"],
  ["entitlements: [network.host]", "entitlements"],
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
      "services: { a: { build: { context: ., target: t, network: host, platforms: [linux/amd64], secrets: [], privileged: false, provenance: false } } }",
    ),
  );
});
test("develop and unused secrets are no matter", () => {
  checkSupported(
    load(
      "services: { a: { image: a, develop: { watch: [{ path: ., action: rebuild }] } } }\nsecrets: { s: { external: true } }",
    ),
  );
});
