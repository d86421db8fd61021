import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { engineApi } from "../support/engine-api.ts";
import { BUSYBOX_IMAGE } from "../support/images.ts";
import { type StackRig, stackRig } from "../support/stack-rig.ts";
import { freePort } from "../support/temporary.ts";

// A bad release of every kind: it ends with the former containers running, and is told as what it was.

const RUN = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"];
const QUICK = { deploy: { update_config: { monitor: "2s" } } };
const web = (more: Readonly<Record<string, unknown>> = {}) => ({
  services: { web: { image: BUSYBOX_IMAGE, command: RUN, ...QUICK, ...more } },
});
const check = (test: readonly string[]) => ({
  healthcheck: { test, interval: "1s", timeout: "1s", retries: 2, start_period: "0s" },
});
const taken = freePort();
const holder = Bun.serve({ port: taken, hostname: "0.0.0.0", fetch: () => new Response("taken") });

interface Bad {
  readonly kind: string;
  readonly compose: unknown;
  readonly class: "unhealthy" | "rejected" | "transient";
  readonly reason: RegExp;
}

const BAD: readonly Bad[] = [
  { kind: "crashes at once", compose: web({ command: ["false"] }), class: "unhealthy", reason: /exited with code 1/ },
  {
    kind: "crashes after a moment",
    compose: web({ command: ["sh", "-c", "sleep 1; exit 3"] }),
    class: "unhealthy",
    reason: /exited with code 3/,
  },
  {
    kind: "exits 0 though it should run",
    compose: web({ command: ["true"] }),
    class: "unhealthy",
    reason: /exited with code 0/,
  },
  {
    kind: "is always unhealthy",
    compose: web(check(["CMD", "false"])),
    class: "unhealthy",
    reason: /healthcheck fails/,
  },
  {
    kind: "has a healthcheck whose command is missing",
    compose: web(check(["CMD", "/no/such/command"])),
    class: "unhealthy",
    reason: /healthcheck fails/,
  },
  {
    kind: "brings a migration that fails",
    compose: {
      services: {
        migrate: { image: BUSYBOX_IMAGE, command: ["sh", "-c", "exit 4"], restart: "no" },
        web: {
          ...web({ environment: { V: "2" } }).services.web,
          depends_on: { migrate: { condition: "service_completed_successfully" } },
        },
      },
    },
    class: "unhealthy",
    reason: /migrate/,
  },
  {
    kind: "wants a port that is taken",
    compose: web({ ports: [`${taken}:80`] }),
    class: "unhealthy",
    reason: /port|address already in use/i,
  },
  { kind: "has no such user", compose: web({ user: "nobody-here" }), class: "unhealthy", reason: /user/ },
  {
    kind: "has a command that is not there",
    compose: web({ command: ["/no/such/program"] }),
    class: "unhealthy",
    reason: /no such file|not found/i,
  },
  {
    kind: "names an image that nobody has",
    compose: web({ image: `127.0.0.1:${freePort()}/nobody:1` }),
    class: "transient",
    reason: /./,
  },
  {
    kind: "names an external network that is missing",
    compose: { ...web({ networks: ["outside"] }), networks: { outside: { external: true } } },
    class: "rejected",
    reason: /outside/,
  },
];

let rig: StackRig;
const downtimes: number[] = [];
/** From the verdict to the former container's start. */
const returns: number[] = [];

beforeAll(async () => {
  rig = await stackRig({ name: "bad-release" });
  await rig.push(web());
  await rig.daemon.json(["stack", "add", "bad-release", "--repo", rig.server.url("bad-release")]);
  await rig.inSync();
}, 180_000);

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await holder.stop(true);
}, 60_000);

describe("a release that", () => {
  test.each(BAD.map((bad) => [bad.kind, bad] as const))(
    "%s leaves the former containers running",
    async (_, { compose, class: failure, reason }) => {
      const before = await rig.running();
      const commit = await rig.push(compose);
      await rig.deploy();
      expect(await rig.running()).toEqual(before);
      const [failed] = (await rig.history()).filter((one) => one.commit === commit);
      expect(failed).toMatchObject({ status: "failed", class: failure });
      expect(failed?.reason ?? "").toMatch(reason);
      const status = await rig.status();
      expect(["failed", "degraded", "out-of-sync"]).toContain(status.state);
      expect(status.reason).not.toBe("");
      expect((await rig.containers()).filter(({ State }) => State !== "running").map(({ Names }) => Names)).toEqual([]);
      const id = before["web"] ?? "";
      const { State } = await engineApi<{ State: { StartedAt: string; FinishedAt: string } }>(
        rig.engine,
        `/containers/${id}/json`,
      );
      const down = Date.parse(State.StartedAt) - Date.parse(State.FinishedAt);
      if (failure !== "unhealthy" || down <= 0 || down > 120_000) return;
      const returned = Date.parse(State.StartedAt) - Date.parse(failed?.finishedAt ?? "");
      // Where the former one never stopped, nothing had to come back.
      if (returned < 0) return;
      downtimes.push(down);
      returns.push(returned);
    },
    120_000,
  );

  test("tells how long the service was away", () => {
    console.log(
      `figure: ${BAD.length} bad releases, the former containers back each time; away ${downtimes.join(", ")} ms`,
    );
    console.log(`figure: from the verdict to the former container's start ${returns.join(", ")} ms`);
    expect(downtimes.length).toBeGreaterThan(0);
  });
});
