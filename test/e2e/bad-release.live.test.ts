import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { engineApi } from "../support/engine-api.ts";
import { BUSYBOX_IMAGE, createImage } from "../support/images.ts";
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
  /** Told by the kept verdicts: exit codes, health log, last words. Absent where no container was even made. */
  readonly evidence?: RegExp;
}

/** Brings a healthcheck of its own, which never passes. */
const SICK_IMAGE = "tallyman-test/sick:1";

const BAD: readonly Bad[] = [
  {
    kind: "crashes at once",
    compose: web({ command: ["false"] }),
    class: "unhealthy",
    reason: /exited with code 1/,
    evidence: /"exitCodes":\[1\]/,
  },
  {
    kind: "crashes after a moment",
    compose: web({ command: ["sh", "-c", "echo last words; sleep 1; exit 3"] }),
    class: "unhealthy",
    reason: /exited with code 3/,
    evidence: /"exitCodes":\[3\].*last words/,
  },
  {
    kind: "crashes and is started again and again",
    compose: web({ command: ["sh", "-c", "echo last words; exit 5"], restart: "always" }),
    class: "unhealthy",
    reason: /restart.*exit code 5/,
    evidence: /"exitCodes":\[5\].*last words/,
  },
  {
    kind: "needs more memory than it may have",
    compose: web({
      command: ["sh", "-c", "ulimit -v 262144; sleep 0.5; tail /dev/zero"],
      mem_limit: "8m",
      memswap_limit: "8m",
    }),
    class: "unhealthy",
    reason: /code 137/,
    evidence: /"exitCodes":\[137\]/,
  },
  {
    kind: "exits 0 though it should run",
    compose: web({ command: ["true"] }),
    class: "unhealthy",
    reason: /exited with code 0/,
  },
  {
    kind: "is always unhealthy",
    compose: web(check(["CMD-SHELL", "echo no pulse; false"])),
    class: "unhealthy",
    reason: /healthcheck fails/,
    evidence: /"healthLog":\[\{"exitCode":1,"output":"no pulse/,
  },
  {
    kind: "is unhealthy by a healthcheck of its image",
    compose: web({ image: SICK_IMAGE }),
    class: "unhealthy",
    reason: /healthcheck fails/,
    evidence: /"exitCode":1/,
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
        migrate: { image: BUSYBOX_IMAGE, command: ["sh", "-c", "echo no such table; exit 4"], restart: "no" },
        web: {
          ...web({ environment: { V: "2" } }).services.web,
          depends_on: { migrate: { condition: "service_completed_successfully" } },
        },
      },
    },
    class: "unhealthy",
    reason: /migrate/,
    evidence: /"exitCodes":\[4\].*no such table/,
  },
  {
    kind: "wants a port that is taken",
    compose: web({ ports: [`${taken}:80`] }),
    class: "unhealthy",
    reason: /port|address already in use/i,
    evidence: /port|address already in use/i,
  },
  {
    kind: "has no such user",
    compose: web({ user: "nobody-here" }),
    class: "unhealthy",
    reason: /user/,
    evidence: /nobody-here/,
  },
  {
    kind: "mounts what is not there",
    compose: web({
      volumes: [{ type: "bind", source: "/no/such/place", target: "/x", bind: { create_host_path: false } }],
    }),
    class: "unhealthy",
    reason: /no\/such\/place/,
  },
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
  {
    kind: "names an external volume that is missing",
    compose: { ...web({ volumes: ["foreign:/x"] }), volumes: { foreign: { external: true } } },
    class: "rejected",
    reason: /foreign/,
  },
];

let rig: StackRig;
const downtimes: number[] = [];
/** From the verdict to the former container's start. */
const returns: number[] = [];

beforeAll(async () => {
  rig = await stackRig({ name: "bad-release" });
  const check = "HEALTHCHECK --interval=1s --timeout=1s --retries=2 CMD false";
  await createImage(rig.engine, { reference: SICK_IMAGE, changes: [check] });
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
    async (_, { compose, class: failure, reason, evidence }) => {
      const before = await rig.running();
      const commit = await rig.push(compose);
      await rig.deploy();
      expect(await rig.running()).toEqual(before);
      const [failed] = (await rig.history()).filter((one) => one.commit === commit);
      expect(failed).toMatchObject({ status: "failed", class: failure });
      expect(failed?.reason ?? "").toMatch(reason);
      if (evidence) expect(JSON.stringify(failed?.verdicts)).toMatch(evidence);
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

test("a job that never ends is given up on in time, and what waits for it is never touched", async () => {
  const before = await rig.running();
  const edited = await rig.daemon.run("stack", "edit", "bad-release", "--gate-timeout", "3s");
  expect(edited.code).toBe(0);
  const waiting = { depends_on: { migrate: { condition: "service_completed_successfully" } } };
  const migrate = { image: BUSYBOX_IMAGE, command: ["sh", "-c", "echo waits for a lock; sleep 600"], restart: "no" };
  const commit = await rig.push({
    services: {
      migrate: { ...migrate, stop_grace_period: "0s" },
      ...web({ ...waiting, environment: { V: "3" } }).services,
    },
  });
  await rig.deploy();
  expect(await rig.running()).toEqual(before);
  const [failed] = (await rig.history()).filter((one) => one.commit === commit);
  expect(failed).toMatchObject({ status: "failed", class: "unhealthy" });
  expect(failed?.reason).toContain("within 3 s");
  expect(JSON.stringify(failed?.verdicts)).toContain("waits for a lock");
}, 120_000);

test("of a rolling update as many containers may fail as max_failure_ratio says", async () => {
  // The first to come of each release takes the only place there is, and dies of it.
  const dies = `mkdir /data/$$V 2>/dev/null && exit 1; ${RUN[2]}`;
  const rolling = (version: string, ratio: number) => ({
    services: {
      web: {
        image: BUSYBOX_IMAGE,
        command: ["sh", "-c", dies],
        environment: { V: version },
        volumes: ["data:/data"],
        deploy: { replicas: 3, update_config: { monitor: "1s", max_failure_ratio: ratio } },
      },
    },
    volumes: { data: {} },
  });
  const verdictOn = async (version: string, ratio: number) => {
    const commit = await rig.push(rolling(version, ratio));
    await rig.deploy();
    return (await rig.history()).find((one) => one.commit === commit && one.trigger !== "drift");
  };
  const within = await verdictOn("within", 0.34);
  expect(within).toMatchObject({ status: "healthy" });
  expect(within?.verdicts[0]?.summary).toMatch(/^1 of 3 failed \(exited with code 1.*within max_failure_ratio/);
  expect(await verdictOn("beyond", 0)).toMatchObject({ status: "failed", class: "unhealthy" });
}, 120_000);
