import { describe, expect, test } from "bun:test";
import { standingOf } from "../../src/docker/await-container.ts";
import type { ContainerInspect } from "../../src/docker/observed-container.ts";

const look = (State: object, RestartCount = 0): ContainerInspect =>
  ({ State, RestartCount, Config: {} }) as unknown as ContainerInspect;
const running = (health?: string): object => ({
  Status: "running",
  ExitCode: 0,
  ...(health === undefined ? {} : { Health: { Status: health } }),
});
const watch = { windowMs: 5_000, waitedMs: 1_000, limitMs: undefined };

describe("a container with a healthcheck", () => {
  test("has proven itself once it is healthy", () =>
    expect(standingOf(look(running("healthy")), watch)).toEqual({ kind: "proven" }));
  test("fails when it is unhealthy", () =>
    expect(standingOf(look(running("unhealthy")), watch)).toEqual({ kind: "failed", because: "is unhealthy" }));
  test("is waited for beyond the window", () =>
    expect(standingOf(look(running("starting")), { ...watch, waitedMs: 60_000 }).kind).toBe("waits"));
  test("fails once its healthcheck had time enough", () =>
    expect(standingOf(look(running("starting")), { ...watch, waitedMs: 600_000 }).kind).toBe("failed"));
});

describe("a container without a healthcheck", () => {
  test("has proven itself when it ran through the window", () =>
    expect(standingOf(look(running()), { ...watch, waitedMs: 5_000 })).toEqual({ kind: "proven" }));
  test("is looked at again no later than the window's end", () =>
    expect(standingOf(look(running()), { ...watch, waitedMs: 4_500 })).toEqual({ kind: "waits", ms: 500 }));
  test("fails when it restarted", () => expect(standingOf(look(running(), 1), watch).kind).toBe("failed"));
  test("fails when it exited, even with code 0", () =>
    expect(standingOf(look({ Status: "exited", ExitCode: 0 }), watch)).toEqual({
      kind: "failed",
      because: "exited with code 0",
    }));
});

test("a container that is gone failed", () => expect(standingOf(null, watch).kind).toBe("failed"));
