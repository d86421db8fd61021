import { expect, test } from "bun:test";
import { NETWORK, SERVICE, UNHASHED, VOLUME } from "../../src/compose/shape.ts";

test("no field is listed twice", () => {
  for (const shape of [SERVICE, NETWORK, VOLUME]) expect(new Set(shape.map(({ key }) => key)).size).toBe(shape.length);
});
test("what never enters a hash is a field of a service", () => {
  const keys = SERVICE.map(({ key }) => key);
  expect([...UNHASHED].every((key) => keys.includes(key))).toBe(true);
});
test("command and entrypoint are always printed", () => {
  expect(SERVICE.filter(({ keep }) => keep === "always").map(({ key }) => key)).toEqual(["command", "entrypoint"]);
});
