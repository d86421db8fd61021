import { expect, test } from "bun:test";
import { healthcheckOptions } from "../../src/docker/healthcheck-options.ts";
import type { Service } from "../../src/project.ts";

const options = (healthcheck: Service["healthcheck"], apiVersion = "1.41") =>
  healthcheckOptions({ command: null, entrypoint: null, ...(healthcheck ? { healthcheck } : {}) }, "web", apiVersion);

test("trap 24: a healthcheck that is disabled is sent as NONE, so that the image's own does not run", () => {
  expect(options({ disable: true })).toEqual({ Test: ["NONE"] });
  // What else stands there is sent with it, as Docker Compose does: it would count as drift.
  expect(options({ disable: true, test: ["CMD", "true"], interval: "4s" })).toEqual({
    Test: ["NONE"],
    Interval: 4_000_000_000,
  });
});

test("without a word about it the image's own is left alone", () => {
  expect(options(undefined)).toBeUndefined();
});

test("times are nanoseconds", () => {
  expect(options({ test: ["CMD", "true"], interval: "1m30s", timeout: "2s", retries: 3 })).toEqual({
    Test: ["CMD", "true"],
    Interval: 90_000_000_000,
    Timeout: 2_000_000_000,
    Retries: 3,
  });
});

test("start_interval needs an Engine that knows it, and a start_period", () => {
  expect(() => options({ start_interval: "1s", start_period: "9s" })).toThrow("needs Docker Engine 25");
  expect(() => options({ start_interval: "1s" }, "1.44")).toThrow("requires start_period");
  expect(options({ start_interval: "1s", start_period: "9s" }, "1.44")).toMatchObject({ StartInterval: 1_000_000_000 });
});
