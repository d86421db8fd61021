import { expect, test } from "bun:test";
import { containerCells } from "../../../views/stack/container-cells.tsx";
import { sampleService } from "../sample.ts";

test("one cell a container, told in words as a whole", () => {
  const html = containerCells([sampleService("api", {}, 2), sampleService("db", { health: "unhealthy" })]).toString();
  expect(html).toContain(`aria-label="2 of 3 containers are well"`);
  expect(html.match(/<i /g)).toHaveLength(3);
  expect(html).toContain(`title="shop-db-1: unhealthy"`);
});

test("a job that completed is well", () => {
  expect(containerCells([sampleService("migrate", { state: "completed", health: "none" })]).toString()).toContain(
    "1 of 1",
  );
});

test("many are counted instead of drawn", () => {
  expect(containerCells([sampleService("api", {}, 40)]).toString()).toContain("+26");
});

test("none is said in words", () => {
  expect(containerCells([]).toString()).toContain("no containers");
});
