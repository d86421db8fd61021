import { expect, test } from "bun:test";
import { checkSupported, unsupported } from "../../src/compose/unsupported.ts";
import { load, refusal } from "./memory-files.ts";

test.each([
  ["services: { a: { provider: { type: x } } }", "services.a.provider"],
  ["services: { a: { image: a, use_api_socket: true } }", "services.a.use_api_socket"],
  ["services: { a: { image: a, credential_spec: { file: x } } }", "services.a.credential_spec"],
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
  const [first] = unsupported(load("services:\n  a:\n    image: a\n    provider:\n      type: x\n"));
  expect(first?.at).toEqual({ file: "/srv/app/compose.yaml", line: 4, column: 5 });
});
test("develop and unused secrets are no matter", () => {
  checkSupported(
    load(
      "services: { a: { image: a, develop: { watch: [{ path: ., action: rebuild }] } } }\nsecrets: { s: { external: true } }",
    ),
  );
});
