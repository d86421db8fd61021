import { describe, expect, test } from "bun:test";
import {
  rollingUpdate,
  startFirstObstacle,
  startFirstWarnings,
  toleratedFailures,
} from "../../src/plan/rolling-update.ts";
import type { Service } from "../../src/project.ts";
import type { UpdateConfig } from "../../src/service-resources.ts";
import type { FailureAction } from "../../src/stack.ts";
import { sampleProject } from "../support/sample-project.ts";

const updateOf = (service: Partial<Service>, returning = false, onFailure: FailureAction | null = null) =>
  rollingUpdate(sampleProject({ web: service }), "web", { returning, onFailure });
const obstacleOf = (service: Partial<Service>) => startFirstObstacle(sampleProject({ web: service }), "web");

describe("how containers are replaced", () => {
  test("is nobody's business where the file says nothing", () => expect(updateOf({})).toBeNull());
  test("has Swarm's defaults", () =>
    expect(updateOf({ deploy: { update_config: {} } })).toEqual({
      parallelism: 1,
      delayMs: 0,
      windowMs: 5_000,
      startFirst: false,
      mayFail: 0,
    }));
  test("is what the file says", () =>
    expect(
      updateOf({ deploy: { update_config: { parallelism: 2, delay: "3s", monitor: "1m", order: "start-first" } } }),
    ).toEqual({ parallelism: 2, delayMs: 3_000, windowMs: 60_000, startFirst: true, mayFail: 0 }));
  test("is all at once with a parallelism of 0", () =>
    expect(updateOf({ deploy: { update_config: { parallelism: 0 } } })?.parallelism).toBe(Number.POSITIVE_INFINITY));
  test("is what rollback_config says on the way back", () => {
    const deploy = { update_config: {}, rollback_config: { parallelism: 3 } };
    expect([updateOf({ deploy }, true)?.parallelism, updateOf({ deploy: { update_config: {} } }, true)]).toEqual([
      3,
      null,
    ]);
  });
  test("is not asked of a job", () =>
    expect(updateOf({ restart: "on-failure", deploy: { update_config: {} } })).toBeNull());
});

describe("of the containers of an update may fail", () => {
  const ten = (config: UpdateConfig) => ({ scale: 10, deploy: { update_config: config, rollback_config: config } });
  test("none by default", () => expect(updateOf(ten({}))?.mayFail).toBe(0));
  test("as many as max_failure_ratio says, rounded down", () => {
    expect(updateOf(ten({ max_failure_ratio: 0.3 }))?.mayFail).toBe(3);
    expect(updateOf(ten({ max_failure_ratio: 0.39 }), true)?.mayFail).toBe(3);
  });
  test("all of them where a failure is to be passed over", () =>
    expect(updateOf(ten({ failure_action: "continue" }))?.mayFail).toBe(10));
  test("what the stack's own word says of a failure, whatever the file does", () => {
    expect(updateOf(ten({ failure_action: "continue" }), false, "rollback")?.mayFail).toBe(0);
    expect(updateOf(ten({ max_failure_ratio: 0.2 }), false, "pause")?.mayFail).toBe(2);
    expect(updateOf(ten({}), false, "continue")?.mayFail).toBe(10);
  });
  test("never all by a ratio alone, and none of one", () => {
    const tolerated = (ratio: number, replicas: number) => toleratedFailures({ max_failure_ratio: ratio }, replicas);
    expect([tolerated(1, 4), tolerated(0.29, 100), tolerated(1, 1), tolerated(0.5, 0)]).toEqual([3, 29, 0, 0]);
  });
});

describe("two containers side by side", () => {
  const port = (published: string) => ({ ports: [{ target: 80, published }] });
  test("are possible by default", () => expect(obstacleOf({})).toBeNull());
  test("are possible with a port that the Engine chooses", () => {
    expect(obstacleOf({ ports: [{ target: 80 }] })).toBeNull();
    expect(obstacleOf(port("8000-8009"))).toBeNull();
  });
  test("may share a volume", () =>
    expect(obstacleOf({ volumes: [{ type: "volume", source: "data", target: "/data" }] })).toBeNull());
  test.each<[string, Partial<Service>]>([
    ["host port 8080", port("8080")],
    ["host port 8000-8001", { ...port("8000-8001"), scale: 2 }],
    ["container_name", { container_name: "web" }],
    ["network_mode host", { network_mode: "host" }],
    ["network_mode service:db", { network_mode: "service:db" }],
    ["address in network default", { networks: { default: { ipv4_address: "10.0.0.2" } } }],
    ["MAC address", { mac_address: "02:42:ac:11:00:02" }],
    ["job", { restart: "on-failure" }],
  ])("are not possible: %s", (why, service) => expect(obstacleOf(service)).toContain(why));
  test("are told to be impossible where the file asks for them", () =>
    expect(
      startFirstWarnings(
        sampleProject({ web: { container_name: "w", deploy: { update_config: { order: "start-first" } } } }),
      ),
    ).toEqual([
      "services.web.deploy.update_config.order: start-first is not possible, as container_name can be borne by one container only; the old one stops first",
    ]));
});
