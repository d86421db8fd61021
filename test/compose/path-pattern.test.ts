import { expect, test } from "bun:test";
import { pathTable } from "../../src/compose/path-pattern.ts";

const at = pathTable({
  "services.*.ports": "ports",
  "services.*.build": "build",
  "services.web.build": "web",
  "a.*.c": "c",
});

test("a star stands for exactly one key", () => {
  expect(at(["services", "db", "ports"])).toBe("ports");
  expect(at(["services", "ports"])).toBeUndefined();
  expect(at(["services", "a", "b", "ports"])).toBeUndefined();
});
test("a literal key wins", () => {
  expect(at(["services", "web", "build"])).toBe("web");
  expect(at(["services", "db", "build"])).toBe("build");
});
test("a literal that leads nowhere falls back to the star", () =>
  expect(at(["services", "web", "ports"])).toBe("ports"));
