import { expect, test } from "bun:test";
import { load, refusal } from "./memory-files.ts";

const TWICE =
  "services:\n  a: { image: a, container_name: xx }\n  b: { image: b, container_name: xx, profiles: [p] }\n";

test("two services with one container name are refused where the second is written", () => {
  const { message, at } = refusal(() => load(TWICE, { profiles: ["p"] }));
  expect(message).toEndWith('services.b: container name "xx" is already in use by service a');
  expect(at?.line).toBe(3);
});

test("an extended service hands its container name on", () => {
  const text = "services: { a: { image: a, container_name: xx }, b: { extends: a } }";
  expect(refusal(() => load(text)).message).toContain('container name "xx" is already in use');
});

test("a service that does not run wants no name, and without checks nobody looks", () => {
  expect(Object.keys(load(TWICE).services)).toEqual(["a"]);
  expect(Object.keys(load(TWICE, { profiles: ["p"], services: ["b"] }).services)).toEqual(["b"]);
  expect(Object.keys(load(TWICE, { profiles: ["p"], leaveOut: ["consistency"] }).services)).toEqual(["a", "b"]);
});
