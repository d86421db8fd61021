import { expect, test } from "bun:test";
import { dependenciesOf, dependencyOrder } from "../../src/plan/dependency-order.ts";
import { sampleProject } from "../support/sample-project.ts";

const on = (...names: readonly string[]) => ({
  depends_on: Object.fromEntries(
    names.map((name) => [name, { condition: "service_started" as const, required: true }]),
  ),
});

test("dependencies come first, and names decide between equals", () => {
  const project = sampleProject({ web: on("api", "cache"), api: on("db"), cache: {}, db: {}, alone: {} });
  expect(dependencyOrder(project)).toEqual(["alone", "db", "api", "cache", "web"]);
});

test("a dependency that is not active is not waited for", () => {
  expect(dependenciesOf(sampleProject({ web: on("debug") }), "web")).toEqual([]);
});

test("a circle is refused and drawn", () => {
  expect(() => dependencyOrder(sampleProject({ a: on("b"), b: on("a") }))).toThrow(
    "dependency cycle detected: a -> b -> a",
  );
});
