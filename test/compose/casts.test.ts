import { expect, test } from "bun:test";
import { castFlag, castOf } from "../../src/compose/casts.ts";
import { refusal, webOf } from "./memory-files.ts";

test("texts become numbers and booleans where the field is one", () => {
  const web = webOf('{ image: a, scale: "${N}", privileged: "${T}", cpus: "${F}", ports: [{ target: "${N}" }] }', {
    environment: { N: "3", T: "yes", F: "1.5" },
  });
  expect(web.scale).toBe(3);
  expect(web.privileged).toBe(true);
  expect(web.cpus).toBe(1.5);
  expect(web.ports?.[0]?.target).toBe(3);
});
test("a field that is text stays text", () => expect(castOf(["services", "web", "user"])).toBeUndefined());
test("yes, on and y are true; off, no and n are false", () => {
  const warnings: string[] = [];
  const cast = (text: string) => castFlag(text, (message) => warnings.push(message));
  expect(["yes", "ON", "y", "true"].map(cast)).toEqual([true, true, true, true]);
  expect(["no", "Off", "n", "false"].map(cast)).toEqual([false, false, false, false]);
  expect(warnings).toHaveLength(6);
  expect(warnings[0]).toBe('"yes" for boolean is not supported by YAML 1.2, please use `true`');
});
test("a text that is no number names its path", () => {
  expect(refusal(() => webOf('{ image: a, scale: "many" }')).message).toContain(
    'error while interpolating services.web.scale: failed to cast to expected type: strconv.Atoi: parsing "many": invalid syntax',
  );
});
test("a text that is no boolean is refused", () => {
  expect(refusal(() => webOf('{ image: a, init: "maybe" }')).message).toContain("invalid boolean: maybe");
});
