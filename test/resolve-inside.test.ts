import { expect, test } from "bun:test";
import { resolveInside } from "../src/resolve-inside.ts";

const links: Readonly<Record<string, string>> = {
  current: "releases/2",
  "releases/2/shared": "../../shared",
  "a/b/up": "../..",
  "a/b/out": "up/../x",
  absolute: "/etc",
  loop: "loop",
  ping: "pong",
  pong: "ping",
};
const resolve = (path: string) =>
  resolveInside(path, (segments) => links[segments.join("/")] ?? null)?.join("/") ?? null;

test.each([
  ["", ""],
  [".", ""],
  ["a/./b//c/", "a/b/c"],
  ["a/../b", "b"],
  ["current/app", "releases/2/app"],
  ["current/shared/x", "shared/x"],
  ["current/../1", "releases/1"],
  ["a/b/up/c", "c"],
])("%j is %j", (path, place) => {
  expect(resolve(path)).toBe(place);
});

test.each(["..", "a/../..", "a/b/out", "a/b/up/../x", "absolute", "absolute/passwd", "loop", "ping/x"])(
  "%j leads out or nowhere",
  (path) => {
    expect(resolve(path)).toBeNull();
  },
);
