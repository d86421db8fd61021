import { expect, test } from "bun:test";
import { refuseCycle } from "../../src/compose/check-cycle.ts";
import { load, refusal } from "./memory-files.ts";

test("services that wait for each other are named in a row", () => {
  const text =
    "services: { a: { image: a, depends_on: [b] }, b: { image: b, links: [c] }, c: { image: c, network_mode: 'service:a' } }";
  expect(refusal(() => load(text)).message).toEndWith("dependency cycle detected: a -> b -> c -> a");
});
test("a service that waits for itself", () => {
  expect(refusal(() => load("services: { a: { image: a, depends_on: [a] } }")).message).toEndWith(
    "dependency cycle detected: a -> a",
  );
});
test("two that wait for the same one are no cycle", () => {
  refuseCycle(
    load("services: { a: { image: a, depends_on: [b, c] }, b: { image: b, depends_on: [c] }, c: { image: c } }"),
  );
});
