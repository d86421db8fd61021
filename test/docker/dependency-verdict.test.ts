import { expect, test } from "bun:test";
import { dependencyHint, dependencyVerdict } from "../../src/docker/dependency-verdict.ts";
import { healthDeadlineMs } from "../../src/docker/health-deadline.ts";
import type { ContainerInspect } from "../../src/docker/observed-container.ts";

function container(Status: string, health: string | null, ExitCode = 0, check: object | null = { Test: ["CMD", "x"] }) {
  const Health = health === null ? undefined : { Status: health };
  return {
    Name: "/shop-db-1",
    State: { Status, ExitCode, Health },
    Config: { Healthcheck: check },
  } as unknown as ContainerInspect;
}

test("all containers have to be healthy", () => {
  const [good, starting] = [container("running", "healthy"), container("running", "starting")];
  expect(dependencyVerdict("service_healthy", "db", [good, good])).toEqual({ met: "yes" });
  expect(dependencyVerdict("service_healthy", "db", [good, starting])).toEqual({ met: "not-yet" });
  expect(dependencyVerdict("service_healthy", "db", [good, container("running", "unhealthy")]).met).toBe("never");
});

test("a container that was only created is waited for", () => {
  expect(dependencyVerdict("service_healthy", "db", [container("created", null)])).toEqual({ met: "not-yet" });
  expect(dependencyVerdict("service_completed_successfully", "db", [container("created", null)])).toEqual({
    met: "not-yet",
  });
});

test("the first that ended decides a job", () => {
  const job = (code: number) =>
    dependencyVerdict("service_completed_successfully", "db", [container("exited", null, code)]);
  expect(job(0)).toEqual({ met: "yes" });
  expect(job(2)).toEqual({ met: "never", because: `service "db" didn't complete successfully: exit 2` });
});

test("without containers no condition can be met", () => {
  expect(dependencyVerdict("service_healthy", "db", []).met).toBe("never");
});

test("the time to become healthy follows the check, with the Engine's defaults", () => {
  const second = 1e9;
  const check = { Test: ["CMD", "x"], Interval: 5 * second, Timeout: 2 * second, Retries: 4, StartPeriod: 10 * second };
  expect(healthDeadlineMs(container("running", "starting", 0, check))).toBe((10 + 5 * 5 + 2 + 30) * 1000);
  expect(healthDeadlineMs(container("running", "starting", 0, {}))).toBe((30 * 4 + 30 + 30) * 1000);
});

test("the next step is a healthcheck where there is none, else the log", () => {
  expect(dependencyHint("container shop-db-1 has no healthcheck configured", "db")).toContain("Give db a healthcheck");
  expect(dependencyHint("dependency failed to start: container shop-db-1 is unhealthy", "db")).toContain("log of db");
});
