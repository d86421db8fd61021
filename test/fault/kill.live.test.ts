import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import type { StackEvent } from "../../src/event.ts";
import { api, events } from "../support/api.ts";
import { engineApi } from "../support/engine-api.ts";
import { BUSYBOX_IMAGE } from "../support/images.ts";
import { type StackRig, stackRig } from "../support/stack-rig.ts";
import { until } from "../support/waiting.ts";

// kill -9 of the daemon at every step of an update that builds an image, makes a network and a volume and replaces two services, and of
// one that fails its gate and goes back; then only a start, no help. At every second step; TALLYMAN_KILL_ROUNDS=5 kills at every one,
// five times.

const ROUNDS = Number(process.env["TALLYMAN_KILL_ROUNDS"] ?? 0);
const STEP = ROUNDS === 0 ? 2 : 1;
const MOST_POINTS = 60;
/** After the signal of a point: at once, and a little into what follows. */
const DELAYS_MS = [0, 15, 40, 90, 160];
const NAME = "kill";

let rig: StackRig;
let version = 0;
const tally = { kills: 0, converged: 0, leftovers: 0, volumesLost: 0 };

const RUN = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done"];

/** Each version has another image, network and volume, beside the one that all share and that must never be lost. */
function compose({ healthy }: { readonly healthy: boolean }): unknown {
  const number = String(version);
  const service = {
    image: BUSYBOX_IMAGE,
    command: RUN,
    environment: { VERSION: number },
    stop_grace_period: "1s",
    networks: ["default", `n${number}`],
    // A busy machine may be slow to run a check; a bad one fails at once all the same.
    healthcheck: { test: ["CMD", healthy ? "true" : "false"], interval: "1s", timeout: "20s", retries: 2 },
  };
  const build = { context: ".", dockerfile_inline: `FROM ${BUSYBOX_IMAGE}\nENV BUILT=${number}\n` };
  return {
    services: {
      app: { ...service, image: `kill-app:v${number}`, build, depends_on: ["db"] },
      db: { ...service, healthcheck: { ...service.healthcheck, test: ["CMD", "true"] }, volumes: ["data:/data"] },
    },
    networks: { [`n${number}`]: {} },
    volumes: { data: {} },
  };
}

beforeAll(async () => {
  rig = await stackRig({ name: NAME, flags: ["--interval", "10m"] });
  await rig.push(compose({ healthy: true }), "Version 0");
  await rig.daemon.json(["stack", "add", NAME, "--repo", rig.server.url(NAME)]);
  await rig.inSync();
  const { db } = await rig.running();
  await exec(db ?? "", ["sh", "-c", "echo precious > /data/marker"]);
}, 240_000);

afterAll(async () => await rig[Symbol.asyncDispose](), 60_000);

async function exec(id: string, command: readonly string[]): Promise<void> {
  const { Id } = await engineApi<{ readonly Id: string }>(rig.engine, `/containers/${id}/exec`, "POST", {
    Cmd: command,
  });
  await engineApi(rig.engine, `/exec/${Id}/start`, "POST", { Detach: true });
}

/** One of the moments at which something begins or ends. */
function isPoint(event: StackEvent): boolean {
  return ["pass-started", "phase", "operation", "deployment"].includes(event.type);
}

/** Asks for a deployment and kills the daemon at its n-th point; what that was, or null when the deployment had fewer. */
async function killAt(point: number, delayMs: number): Promise<string | null> {
  const ended = new AbortController();
  const opened = Promise.withResolvers<void>();
  const watching = (async (): Promise<string | null> => {
    let seen = 0;
    let last = "";
    for await (const event of events(rig.daemon, ended.signal, opened.resolve)) {
      if (event.stack !== NAME) continue;
      const now = isPoint(event) ? describePoint(event) : last;
      // The gate tells of each step of its wait: that is one point.
      if (now !== last) seen += 1;
      last = now;
      if (seen === point) return now;
      if (event.type === "pass-finished" && seen > 0) return null;
    }
    return null;
  })();
  await opened.promise;
  await api(rig.daemon, `/stacks/${NAME}/deploy`, "POST", {});
  const reached = await watching;
  if (reached !== null) await Bun.sleep(delayMs);
  ended.abort();
  return reached;
}

function describePoint(event: StackEvent): string {
  if (event.type === "operation") return `${event.operation.kind} ${event.status}`;
  return event.type === "phase" ? `phase ${event.phase}` : event.type;
}

/** What must not be there once all is done: half-made or retained containers, workers, unused networks, staging trees. */
async function leftovers(): Promise<readonly string[]> {
  const containers = (await rig.containers()).flatMap(({ Names, State }) =>
    State === "running" && /^\/kill-(app|db)-1$/.test(Names[0] ?? "") ? [] : [`${Names[0]} ${State}`],
  );
  const workers = encodeURIComponent(JSON.stringify({ label: ["io.tallyman.worker"] }));
  const left = await engineApi<readonly { readonly Names: readonly string[] }[]>(
    rig.engine,
    `/containers/json?all=1&filters=${workers}`,
  );
  const project = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${NAME}`] }));
  const networks = await engineApi<readonly { readonly Name: string }[]>(rig.engine, `/networks?filters=${project}`);
  const used = Object.keys((await networksOf("db")) ?? {});
  const staging = `${rig.root}/deployments/${NAME}/staging`;
  const trees = existsSync(staging) ? readdirSync(staging) : [];
  const halves = readdirSync(`${rig.root}/deployments/${NAME}/tree`).filter((name) => name.startsWith(".tallyman"));
  return [
    ...containers,
    ...left.map(({ Names }) => `worker ${Names[0]}`),
    ...networks.flatMap(({ Name }) => (used.includes(Name) ? [] : [`network ${Name}`])),
    ...trees.map((name) => `staging ${name}`),
    ...halves,
  ];
}

async function networksOf(serviceName: string): Promise<Readonly<Record<string, unknown>> | null> {
  const { [serviceName]: id } = await rig.running();
  if (!id) return null;
  const found = await engineApi<{ NetworkSettings: { Networks: Record<string, unknown> } }>(
    rig.engine,
    `/containers/${id}/json`,
  );
  return found.NetworkSettings.Networks;
}

/** Kills at every point of one deployment after the other; `settled` says when what was started anew has ended. */
async function killEverywhere(
  healthy: boolean,
  settled: (commit: string) => Promise<unknown>,
): Promise<readonly string[]> {
  const points: string[] = [];
  for (let point = 1; point <= MOST_POINTS; point += STEP) {
    version += 1;
    const commit = await rig.push(compose({ healthy }), `Version ${version}`);
    const reached = await killAt(point, DELAYS_MS[tally.kills % DELAYS_MS.length] ?? 0);
    await rig.restart();
    await settled(commit);
    if (reached === null) return points;
    points.push(reached);
    tally.kills += 1;
    const left = await until("nothing is left over", async () => (await leftovers()).length === 0, 20_000, 200).then(
      () => [],
      () => leftovers(),
    );
    if (left.length > 0) console.log(`after a kill at ${reached}: ${left.join(", ")}\n${rig.daemon.log()}`);
    tally.leftovers += left.length;
    const volume = await engineApi(rig.engine, `/volumes/${NAME}_data`).catch(() => null);
    if (volume === null) tally.volumesLost += 1;
    const entries = (await rig.history()).filter((entry) => entry.commit === commit);
    expect(entries.map(({ status }) => status)).toEqual([healthy ? "healthy" : "failed"]);
    tally.converged += 1;
  }
  throw new Error(`a deployment of more than ${MOST_POINTS} points`);
}

test("after a kill anywhere in an update a start alone brings the new release", async () => {
  for (let round = 0; round < Math.max(1, ROUNDS); round += 1) {
    const points = await killEverywhere(true, async (commit) => {
      await rig.inSync(commit);
      for (const service of ["app", "db"])
        expect((await rig.inspect(service)).Config.Env).toContain(`VERSION=${version}`);
    });
    console.log(`figure: points of an update: ${[...new Set(points)].join(", ")}`);
    expect(points.length).toBeGreaterThan(6);
  }
}, 3_600_000);

test("after a kill anywhere in an update that fails and goes back the former containers run", async () => {
  version += 1;
  const good = await rig.push(compose({ healthy: true }), "Good again");
  await rig.deploy();
  await rig.inSync(good);
  const before = await rig.running();
  for (let round = 0; round < Math.max(1, ROUNDS); round += 1) {
    const points = await killEverywhere(false, async (commit) => {
      await until(
        "the attempt was judged and gone back from",
        async () => {
          const { state, wantedCommit } = await rig.status();
          return state === "failed" && wantedCommit === commit;
        },
        120_000,
        100,
      );
      expect(await rig.running()).toEqual(before);
    });
    console.log(`figure: points of a return: ${[...new Set(points)].join(", ")}`);
    expect(points.length).toBeGreaterThan(6);
  }
}, 3_600_000);

test("no kill cost anything", async () => {
  const { kills, converged, leftovers: left, volumesLost } = tally;
  console.log(`figure: kills ${kills}, converged ${converged}, leftovers ${left}, volumes lost ${volumesLost}`);
  expect(tally).toMatchObject({ converged: kills, leftovers: 0, volumesLost: 0 });
  expect(kills).toBeGreaterThanOrEqual(25);
});
