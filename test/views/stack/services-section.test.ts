import { expect, test } from "bun:test";
import { servicesSection } from "../../../views/stack/services-section.tsx";
import { before, CONTEXT, sampleService, sampleStatus, sampleSummary } from "../sample.ts";

const section = (...services: ReturnType<typeof sampleService>[]) =>
  servicesSection(CONTEXT, sampleSummary("shop", { status: sampleStatus("shop", { services }) })).toString();

test("a service tells state, image, digest, age and replicas, and leads to its logs", () => {
  const html = section(sampleService("api", {}, 2));
  for (const part of ["healthy", "forge.example/harbour/api:3.2", "sha256:8c1b", "2 h", "× 2", "2 containers"])
    expect(html).toContain(part);
  expect(html).toContain(`href="/stacks/shop/logs?service=api"`);
});

test("restarts are counted over its containers", () => {
  const one = { id: "1", name: "shop-api-1", state: "running", health: "none", startedAt: before(10), restarts: 3 };
  expect(section(sampleService("api", { containers: [one, { ...one, startedAt: null, restarts: 1 }] }))).toContain(
    "↻ 4",
  );
});
