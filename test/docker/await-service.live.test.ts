import { expect, test } from "bun:test";
import type { Operation } from "../../src/plan.ts";
import type { Project, Service } from "../../src/project.ts";
import { BUSYBOX_IMAGE } from "../support/images.ts";
import { sampleProject } from "../support/sample-project.ts";
import { createOf, type EngineRig, engineRig } from "./engine-rig.ts";

const LIMIT = 120_000;
const EVERY_SECOND = { interval: "1s", timeout: "5s", retries: 1 };

function project(name: string, service: Partial<Service>): Project {
  const alone = { image: BUSYBOX_IMAGE, restart: "no", networks: {}, network_mode: "none", stop_grace_period: "0s" };
  return sampleProject({ db: { ...alone, command: ["sleep", "1000"], ...service } }, name);
}

function wait(rig: EngineRig, condition: "service_healthy" | "service_completed_successfully", required = true) {
  const operation: Operation = { kind: "await-service", serviceName: "db", condition, required };
  return rig.perform(operation).catch((thrown: unknown) => thrown);
}

test(
  "a dependency that becomes healthy ends the wait",
  async () => {
    const check = { test: ["CMD-SHELL", "test -e /tmp/up"], ...EVERY_SECOND, retries: 50 };
    await using rig = await engineRig(
      project("dk-wait-ok", { healthcheck: check, command: ["sh", "-c", "sleep 1; touch /tmp/up; sleep 1000"] }),
    );
    await rig.run("db");
    expect(await wait(rig, "service_healthy")).toEqual({});
  },
  LIMIT,
);

test(
  "an unhealthy dependency is named",
  async () => {
    await using rig = await engineRig(
      project("dk-wait-bad", { healthcheck: { test: ["CMD", "false"], ...EVERY_SECOND } }),
    );
    await rig.run("db");
    expect(await wait(rig, "service_healthy")).toMatchObject({
      reason: "NotHealthy",
      message: "dependency failed to start: container dk-wait-bad-db-1 is unhealthy.",
    });
  },
  LIMIT,
);

test(
  "a dependency that ends before it is healthy is told with its exit code",
  async () => {
    const check = { test: ["CMD", "true"], ...EVERY_SECOND, interval: "60s" };
    await using rig = await engineRig(project("dk-wait-exit", { healthcheck: check, command: ["sh", "-c", "exit 3"] }));
    await rig.run("db");
    expect(await wait(rig, "service_healthy")).toMatchObject({
      message: "dependency failed to start: container dk-wait-exit-db-1 exited (3).",
    });
  },
  LIMIT,
);

test(
  "a dependency without a healthcheck can't become healthy",
  async () => {
    await using rig = await engineRig(project("dk-wait-none", {}));
    await rig.run("db");
    expect(await wait(rig, "service_healthy")).toMatchObject({
      message: "container dk-wait-none-db-1 has no healthcheck configured.",
    });
  },
  LIMIT,
);

test(
  "a job is waited for until it ends well",
  async () => {
    await using rig = await engineRig(project("dk-wait-job", { command: ["sh", "-c", "sleep 1; exit 0"] }));
    await rig.run("db");
    expect(await wait(rig, "service_completed_successfully")).toEqual({});
  },
  LIMIT,
);

test(
  "a job that fails is told with its exit code, and only warned of when it isn't required",
  async () => {
    await using rig = await engineRig(project("dk-wait-fail", { command: ["sh", "-c", "exit 4"] }));
    await rig.run("db");
    const because = `service "db" didn't complete successfully: exit 4`;
    expect(await wait(rig, "service_completed_successfully")).toMatchObject({ message: `${because}.` });
    expect(await wait(rig, "service_completed_successfully", false)).toEqual({
      warnings: [`optional dependency db: ${because}`],
    });
  },
  LIMIT,
);

test(
  "a wait ends at once when it is cancelled",
  async () => {
    const shop = project("dk-wait-abort", {});
    await using rig = await engineRig(shop);
    await rig.perform(createOf(shop, "db"));
    const abort = new AbortController();
    const context = {
      project: shop,
      observed: await rig.observe(),
      created: new Map(),
      labels: {},
      progress: () => {},
    };
    const operation = { kind: "await-service", serviceName: "db", required: true } as const;
    const waiting = rig.engine.perform(
      { ...operation, condition: "service_completed_successfully" },
      context,
      abort.signal,
    );
    abort.abort();
    expect(await waiting.catch((thrown: unknown) => thrown)).toMatchObject({ reason: "Interrupted" });
  },
  LIMIT,
);
