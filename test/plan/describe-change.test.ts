import { expect, test } from "bun:test";
import { describeChange } from "../../src/plan/describe-change.ts";

const base = { command: null, entrypoint: null };

test("variables are told by name, never by value", () => {
  const before = { ...base, environment: { KEPT: "1", TOKEN: "old-secret", GONE: "x" } };
  const after = { ...base, environment: { KEPT: "1", TOKEN: "new-secret", NEW: "y" } };
  const text = describeChange(before, after);
  expect(text).toBe("environment: GONE removed, NEW added, TOKEN changed");
  expect(text).not.toContain("secret");
});

test("other attributes are told as added, changed or removed", () => {
  const text = describeChange({ ...base, user: "1", tty: true }, { ...base, user: "2", init: true });
  expect(text).toBe("init added; tty removed; user changed");
});

test("an image is told from and to", () => {
  expect(describeChange({ ...base, image: "a:1" }, { ...base, image: "a:2" })).toBe("image changed a:1 → a:2");
});

test("equal definitions have nothing to tell", () => {
  expect(describeChange(base, { ...base })).toBe("");
});

test("extensions are no change", () => {
  const noted = (note: string) => Object.assign({ ...base }, { "x-note": note });
  expect(describeChange(noted("a"), noted("b"))).toBe("");
});
