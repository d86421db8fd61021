import { expect, test } from "bun:test";
import { dependencyGraph } from "../../../views/stack/dependency-graph.tsx";
import { sampleService, sampleStatus } from "../sample.ts";

const status = sampleStatus("shop", { services: [sampleService("api"), sampleService("db", { health: "unhealthy" })] });

test("the picture is told in words", () => {
  const html = dependencyGraph({ status, dependencies: { api: ["db", "cache"], db: [] } }).toString();
  expect(html).toContain(`aria-label="api waits for db and cache"`);
});

test("each box says how its service is", () => {
  const html = dependencyGraph({ status, dependencies: { api: ["db"], db: [] } }).toString();
  expect(html).toContain("<title>api: healthy</title>");
  expect(html).toContain("<title>db: unhealthy</title>");
});

test("every wait is a line", () => {
  const html = dependencyGraph({ status, dependencies: { a: ["b", "c"], b: ["c"], c: [] } }).toString();
  expect(html.match(/class="edge"/g)).toHaveLength(3);
});

test("where nobody waits there is no picture, but its place for the live stream", () => {
  const independent: Readonly<Record<string, readonly string[]>> = { api: [], db: [] };
  for (const dependencies of [null, {}, independent])
    expect(dependencyGraph({ status, dependencies }).toString()).toBe(`<div id="stack-graph" class="slot"></div>`);
});
