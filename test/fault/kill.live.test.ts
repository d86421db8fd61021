import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import type { StackEvent } from "../../src/event.ts";
import { api, events } from "../support/api.ts";
import { engineApi } from "../support/engine-api.ts";
import { createImage, pushImage } from "../support/images.ts";
import { serveRegistry, type TestRegistry } from "../support/registry.ts";
import { type StackRig, stackRig } from "../support/stack-rig.ts";
import { until } from "../support/waiting.ts";
import { expectedContainers, KILL_STACK, killVersion, pulledImage } from "./kill-stack.ts";

// kill -9 of the daemon at every kind of point of an update that needs every kind of operation, and of one that fails its gate and goes
// back; then only a start, no help. Here at every third kind. TALLYMAN_KILL_ROUNDS=5 kills at every one, five times, each time at another
// of its occurrences and another moment after it.

const ROUNDS = Number(process.env["TALLYMAN_KILL_ROUNDS"] ?? 0);
const STRIDE = ROUNDS === 0 ? 3 : 1;
/** After the signal of a point: at once, and some way into what follows. */
const DELAYS_MS = [0, 15, 60, 200, 600];

let rig: StackRig;
let registry: TestRegistry;
let version = 0;
const tally = { kills: 0, converged: 0, leftovers: 0, volumesLost: 0 };

beforeAll(async () => {
  registry = await serveRegistry();
  rig = await stackRig({ name: KILL_STACK, flags: ["--interval", "10m"] });
  await push({ healthy: true });
  await rig.daemon.json(["stack", "add", KILL_STACK, "--repo", rig.server.url(KILL_STACK)]);
  await rig.inSync();
  await exec("db-1", ["sh", "-c", "echo precious > /data/marker"]);
}, 240_000);

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await registry.stop();
}, 60_000);

/** Commits the next version, its image in the registry alone. */
async function push({ healthy }: { readonly healthy: boolean }): Promise<string> {
  version += 1;
  const next = { version, healthy, registry: registry.host };
  const reference = await createImage(rig.engine, { reference: pulledImage(next), changes: [`LABEL v=${version}`] });
  await pushImage(rig.engine, reference);
  await engineApi(rig.engine, `/images/${reference}`, "DELETE");
  const { compose, files } = killVersion(next);
  return await rig.push(compose, `Version ${version}`, files);
}

/** Name, without the project, → id. */
async function ids(): Promise<ReadonlyMap<string, string>> {
  return new Map((await rig.containers()).map(({ Names, Id }) => [shortName(Names), Id]));
}

function shortName(names: readonly string[]): string {
  return (names[0] ?? "").replace(`/${KILL_STACK}-`, "");
}

async function exec(name: string, command: readonly string[]): Promise<string> {
  const id = (await ids()).get(name);
  const { Id } = await engineApi<{ readonly Id: string }>(rig.engine, `/containers/${id}/exec`, "POST", {
    Cmd: command,
    AttachStdout: true,
    Tty: true,
  });
  const answer = await fetch(`http://engine/exec/${Id}/start`, {
    unix: rig.engine.socketPath,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ Tty: true }),
  });
  return (await answer.text()).trim();
}

/** One of the moments at which something begins or ends; null for any other event. */
function pointOf(event: StackEvent): string | null {
  if (event.stack !== KILL_STACK) return null;
  if (event.type === "operation") return `${event.operation.kind} ${event.status}`;
  if (event.type === "phase") return `phase ${event.phase}`;
  return event.type === "pass-started" || event.type === "deployment" ? event.type : null;
}

/** Which points of a deployment are stopped at: returns true to end the watch there. */
type Watch = (point: string) => boolean;

/** Asks for a deployment and follows it until `watch` says so (true) or it has ended (false). */
async function follow(watch: Watch): Promise<boolean> {
  const ended = new AbortController();
  const opened = Promise.withResolvers<void>();
  const watching = (async (): Promise<boolean> => {
    let begun = false;
    for await (const event of events(rig.daemon, ended.signal, opened.resolve)) {
      const point = pointOf(event);
      begun ||= point !== null;
      if (point !== null && watch(point)) return true;
      if (event.stack === KILL_STACK && event.type === "pass-finished" && begun) return false;
    }
    return false;
  })();
  await opened.promise;
  await api(rig.daemon, `/stacks/${KILL_STACK}/deploy`, "POST", {});
  const reached = await watching;
  ended.abort();
  return reached;
}

/** How often each kind of point comes in one deployment that nobody disturbs. */
async function pointsOf(healthy: boolean): Promise<ReadonlyMap<string, number>> {
  const commit = await push({ healthy });
  const found = new Map<string, number>();
  await follow((point) => {
    found.set(point, (found.get(point) ?? 0) + 1);
    return false;
  });
  await settled(commit, healthy);
  return found;
}

async function settled(commit: string, healthy: boolean): Promise<void> {
  if (healthy) await rig.inSync(commit);
  else
    await until(
      "the attempt was judged and gone back from",
      async () => {
        const { state, wantedCommit } = await rig.status();
        return state === "failed" && wantedCommit === commit;
      },
      120_000,
      100,
    );
}

/** What must not be there once all is done: half-made or retained containers, workers, networks of other versions, staging trees. */
async function leftovers(running: number): Promise<readonly string[]> {
  const expected = expectedContainers({ version: running });
  const containers = (await rig.containers()).map(({ Names, State }) => `${shortName(Names)} ${State}`).sort();
  const workers = encodeURIComponent(JSON.stringify({ label: ["io.tallyman.worker"] }));
  const left = await engineApi<readonly { readonly Names: readonly string[] }[]>(
    rig.engine,
    `/containers/json?all=1&filters=${workers}`,
  );
  const project = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${KILL_STACK}`] }));
  const networks = await engineApi<readonly { readonly Name: string }[]>(rig.engine, `/networks?filters=${project}`);
  const known = ["default", "redefined", `only${running}`].map((key) => `${KILL_STACK}_${key}`);
  const staging = `${rig.root}/deployments/${KILL_STACK}/staging`;
  const trees = existsSync(staging) ? readdirSync(staging) : [];
  const halves = readdirSync(`${rig.root}/deployments/${KILL_STACK}/tree`).filter((name) =>
    name.startsWith(".tallyman"),
  );
  return [
    ...containers.filter((one) => !expected.includes(one)),
    ...expected.filter((one) => !containers.includes(one)).map((one) => `no ${one}`),
    ...left.map(({ Names }) => `worker ${Names[0]}`),
    ...networks.flatMap(({ Name }) => (known.includes(Name) ? [] : [`network ${Name}`])),
    ...trees.map((name) => `staging ${name}`),
    ...halves,
  ];
}

/** Kills once at each kind of point, `round` choosing which of its occurrences, and says whether what `running` says runs again. */
async function killEverywhere(
  round: number,
  healthy: boolean,
  points: ReadonlyMap<string, number>,
  whenSettled: () => Promise<void>,
): Promise<void> {
  const chosen = [...points].filter((_, index) => index % STRIDE === 0);
  for (const [kind, occurrences] of chosen) {
    const commit = await push({ healthy });
    let toPass = round % occurrences;
    const reached = await follow((point) => point === kind && toPass-- === 0);
    if (reached) await Bun.sleep(DELAYS_MS[(round + tally.kills) % DELAYS_MS.length] ?? 0);
    await rig.restart();
    await settled(commit, healthy);
    tally.kills += reached ? 1 : 0;
    await whenSettled();
    const entries = (await rig.history()).filter((entry) => entry.commit === commit);
    expect(entries.map(({ status }) => status)).toEqual([healthy ? "healthy" : "failed"]);
    tally.converged += reached ? 1 : 0;
  }
  if (ROUNDS > 0) console.log(`round ${round + 1}: ${JSON.stringify(tally)}`);
}

async function checkLeftovers(running: number): Promise<void> {
  const none = await until("nothing is left over", async () => (await leftovers(running)).length === 0, 20_000, 200)
    .then(() => true)
    .catch(() => false);
  if (none) return;
  const left = await leftovers(running);
  console.log(`left: ${left.join(", ")}\n${rig.daemon.log().slice(-4_000)}`);
  tally.leftovers += left.length;
}

async function checkVolume(): Promise<void> {
  if ((await exec("db-1", ["cat", "/data/marker"])) !== "precious") tally.volumesLost += 1;
}

test("after a kill anywhere in an update a start alone brings the new release", async () => {
  const points = await pointsOf(true);
  console.log(`figure: points of an update: ${[...points].map(([kind, count]) => `${kind} ×${count}`).join(", ")}`);
  for (let round = 0; round < Math.max(1, ROUNDS); round += 1) {
    await killEverywhere(round, true, points, async () => {
      await checkLeftovers(version);
      await checkVolume();
    });
  }
}, 7_200_000);

test("after a kill anywhere in an update that fails and goes back the former containers run", async () => {
  const good = await push({ healthy: true });
  const running = version;
  expect(await rig.deploy()).toBe(0);
  await rig.inSync(good);
  const before = await ids();
  const points = await pointsOf(false);
  console.log(`figure: points of a return: ${[...points].map(([kind, count]) => `${kind} ×${count}`).join(", ")}`);
  for (let round = 0; round < Math.max(1, ROUNDS); round += 1) {
    await killEverywhere(round, false, points, async () => {
      await checkLeftovers(running);
      expect(await ids()).toEqual(before);
      expect(await exec("told-1", ["cat", "/told.conf"])).toBe(`version ${running}`);
      await checkVolume();
    });
  }
}, 7_200_000);

test("no kill cost anything", async () => {
  const { kills, converged, leftovers: left, volumesLost } = tally;
  console.log(`figure: kills ${kills}, converged ${converged}, leftovers ${left}, volumes lost ${volumesLost}`);
  expect(tally).toMatchObject({ converged: kills, leftovers: 0, volumesLost: 0 });
  expect(kills).toBeGreaterThanOrEqual(25);
});
