import { afterAll, beforeAll, expect, test } from "bun:test";
import { api } from "../support/api.ts";
import { otherBuild, tallyman } from "../support/daemon.ts";
import { testEngine } from "../support/engine.ts";
import { containersOf, engineApi } from "../support/engine-api.ts";
import { BUSYBOX_IMAGE } from "../support/images.ts";
import { proxyEngine, type SocketProxy } from "../support/socket-proxy.ts";
import { type StackRig, stackRig } from "../support/stack-rig.ts";

// A stack to which nothing was committed: bursts of Engine events, restarts and other people's commands change nothing.

const NAME = "unchanged";
const BURSTS = 50;
const RUN = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"];
const COMPOSE = {
  services: {
    job: { image: BUSYBOX_IMAGE, command: ["true"], restart: "no" },
    web: {
      image: BUSYBOX_IMAGE,
      command: RUN,
      mem_limit: "64m",
      ports: ["80"],
      volumes: ["data:/data", "./web.conf:/etc/web.conf:ro"],
      healthcheck: { test: ["CMD", "true"], interval: "1s", timeout: "10s" },
    },
  },
  volumes: { data: {} },
};

let proxy: SocketProxy;
let rig: StackRig;

beforeAll(async () => {
  proxy = await proxyEngine((await testEngine()).socketPath);
  rig = await stackRig({ name: NAME, flags: ["--interval", "5s"], dockerHost: proxy.dockerHost });
  await rig.push(COMPOSE, "First", { "web.conf": "one\n" });
  await rig.daemon.json(["stack", "add", NAME, "--repo", rig.server.url(NAME)]);
  await rig.inSync();
  await quietFor(3_000);
}, 180_000);

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await proxy.stop();
}, 60_000);

/** Mutating calls within that time; looks at the Engine must have been among what it was asked. */
async function quietFor(milliseconds: number): Promise<readonly unknown[]> {
  proxy.forget();
  await Bun.sleep(milliseconds);
  return proxy.mutating;
}

test(`${BURSTS} bursts of events that change nothing change nothing`, async () => {
  const { web = "" } = await rig.running();
  const before = (await rig.history()).length;
  proxy.forget();
  for (let burst = 0; burst < BURSTS; burst += 1) {
    for (let event = 0; event < 5; event += 1)
      await engineApi(rig.engine, `/containers/${web}/update`, "POST", { RestartPolicy: { Name: "no" } });
    await Bun.sleep(100);
  }
  expect(await quietFor(8_000)).toEqual([]);
  expect(proxy.requests.some(({ target }) => target.includes("/containers/json"))).toBe(true);
  expect([await rig.running(), (await rig.history()).length]).toEqual([{ web }, before]);
}, 120_000);

test("a restart of the daemon changes nothing", async () => {
  const before = await rig.running();
  const entries = (await rig.history()).length;
  proxy.forget();
  await rig.restart();
  await rig.inSync();
  await Bun.sleep(8_000);
  const changes = proxy.mutating.filter(({ target }) => !target.includes("tallyman-worker"));
  expect([changes, await rig.running(), (await rig.history()).length]).toEqual([[], before, entries]);
}, 120_000);

test("another build on the same root changes nothing, nor does the former one after it", async () => {
  const before = await rig.running();
  const entries = (await rig.history()).length;
  const versions: string[] = [];
  for (const program of [otherBuild("7.8.9"), undefined]) {
    proxy.forget();
    await rig.restart(program);
    await rig.inSync();
    expect(await api<unknown>(rig.daemon, `/stacks/${NAME}/drift`, "POST")).toEqual([]);
    const changes = proxy.mutating.filter(({ target }) => !target.includes("tallyman-worker"));
    expect([changes, await rig.running(), (await rig.history()).length]).toEqual([[], before, entries]);
    versions.push((await api<{ readonly version: string }>(rig.daemon, "/version")).version);
  }
  expect(versions).toEqual(["7.8.9", expect.not.stringMatching("7.8.9")]);
}, 120_000);

test("`compose up` by hand on the same file changes nothing, nor does what Tallyman finds afterwards", async () => {
  const before = await rig.running();
  const tree = `${rig.root}/deployments/${NAME}/tree`;
  const words = ["compose", "up", "-p", NAME, "-f", `${tree}/compose.yaml`];
  const up = await tallyman(words, { cwd: tree, env: { DOCKER_HOST: rig.engine.dockerHost } });
  expect(`${up.code} ${up.code === 0 ? "" : up.stderr}`).toBe("0 ");
  // A job runs again at every `up`; that is no business of the stack's.
  await quietFor(2_000);
  expect(await quietFor(7_000)).toEqual([]);
  expect(await rig.running()).toEqual(before);
}, 120_000);

test("somebody else's container on the same network changes nothing", async () => {
  const { Id } = await engineApi<{ readonly Id: string }>(rig.engine, "/containers/create", "POST", {
    Image: BUSYBOX_IMAGE,
    Cmd: RUN,
    Labels: { "com.example.owner": "somebody else" },
    HostConfig: { NetworkMode: `${NAME}_default` },
  });
  await engineApi(rig.engine, `/containers/${Id}/start`, "POST");
  try {
    expect(await quietFor(7_000)).toEqual([]);
  } finally {
    await engineApi(rig.engine, `/containers/${Id}?force=1`, "DELETE");
  }
  expect((await containersOf(rig.engine, NAME)).length).toBe(2);
}, 120_000);
