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
  expect(["yes", "ON", "y", "true"].map(castFlag)).toEqual([true, true, true, true]);
  expect(["no", "Off", "n", "false"].map(castFlag)).toEqual([false, false, false, false]);
});
test("a text that is no number names its path", () => {
  expect(refusal(() => webOf('{ image: a, scale: "many" }')).message).toContain(
    'error while interpolating services.web.scale: failed to cast to expected type: strconv.Atoi: parsing "many": invalid syntax',
  );
});
test("a text that is no boolean is refused", () => {
  expect(refusal(() => webOf('{ image: a, init: "maybe" }')).message).toContain("invalid boolean: maybe");
});
