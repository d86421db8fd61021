import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync, symlinkSync } from "node:fs";
import type { StackEvent } from "../../src/event.ts";
import type { StackStatus } from "../../src/stack.ts";
import { api, events } from "../support/api.ts";
import { type PrivateEngine, startPrivateEngine } from "../support/engine.ts";
import { engineApi } from "../support/engine-api.ts";
import { type FaultyRegistry, serveFaultyRegistry, wantsLogin } from "../support/faulty-registry.ts";
import { BUSYBOX_IMAGE, createImage, pushImage } from "../support/images.ts";
import { serveRegistry, type TestRegistry } from "../support/registry.ts";
import { proxyEngine, type SocketProxy } from "../support/socket-proxy.ts";
import { type StackRig, stackRig } from "../support/stack-rig.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";

// An Engine of its own goes away in every way there is, and comes back. Nothing is polled meanwhile (`--interval 10m`): what heals does so
// because the Engine is back, or by its back-off. The daemon reaches it through a link that the test points elsewhere.

const NAME = "engine-fault";
const RUN = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"];
const HEALS_WITHIN_MS = 60_000;
const AWAY_MS = Number(process.env["TALLYMAN_ENGINE_AWAY_MS"] ?? 4_000);

let own: PrivateEngine;
let place: TemporaryDirectory;
let registry: TestRegistry;
let faulty: FaultyRegistry;
let proxy: SocketProxy;
let rig: StackRig;
const figures: string[] = [];

function pointTo(socketPath: string | null): void {
  const link = `${place.path}/docker.sock`;
  rmSync(link, { force: true });
  if (socketPath !== null) symlinkSync(socketPath, link);
}

/** `web` proves itself by its healthcheck, `keep` by running on; neither is restarted by the Engine. */
function compose(version: string, web: Readonly<Record<string, unknown>> = {}): unknown {
  const service = { image: BUSYBOX_IMAGE, command: RUN, environment: { VERSION: version }, stop_grace_period: "1s" };
  const healthcheck = { test: ["CMD", "true"], interval: "1s", timeout: "20s", retries: 2 };
  const deploy = { update_config: { monitor: "1s" } };
  return { services: { web: { ...service, healthcheck, ...web }, keep: { ...service, deploy } } };
}

beforeAll(async () => {
  own = await startPrivateEngine();
  place = temporaryDirectory(NAME);
  pointTo(own.engine.socketPath);
  proxy = await proxyEngine(own.engine.socketPath);
  registry = await serveRegistry();
  faulty = await serveFaultyRegistry(registry);
  const dockerHost = `unix://${place.path}/docker.sock`;
  rig = await stackRig({ name: NAME, engine: own.engine, dockerHost, flags: ["--interval", "10m"] });
  await rig.push(compose("first"));
  await rig.daemon.json(["stack", "add", NAME, "--repo", rig.server.url(NAME)]);
  await rig.inSync();
}, 180_000);

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await faulty.stop();
  await registry.stop();
  await proxy.stop();
  await own.stop();
  place.remove();
  console.log(`figure: ${figures.join("; ")}`);
}, 60_000);

/** Asks for a deployment and waits until it comes to this point. */
async function deployUntil(reached: (event: StackEvent) => boolean): Promise<void> {
  const ended = new AbortController();
  const opened = Promise.withResolvers<void>();
  const watching = (async () => {
    for await (const event of events(rig.daemon, ended.signal, opened.resolve))
      if (event.stack === NAME && reached(event)) return true;
    return false;
  })();
  await opened.promise;
  await api(rig.daemon, `/stacks/${NAME}/deploy`, "POST", {});
  const found = await watching;
  ended.abort();
  expect(found).toBe(true);
}

function isStep(event: StackEvent, kind: string): boolean {
  return event.type === "operation" && event.operation.kind === kind && event.status === "running";
}

/** In sync at this commit within a minute of now, with nobody's help. */
async function heals(what: string, commit: string): Promise<void> {
  const began = performance.now();
  await rig.inSync(commit);
  const took = performance.now() - began;
  figures.push(`${what}: in sync ${(took / 1000).toFixed(1)} s after`);
  expect(took).toBeLessThan(HEALS_WITHIN_MS);
  expect(Object.keys(await rig.running()).sort()).toEqual(["keep", "web"]);
}

/** The entries of a commit, oldest first, as status and class. */
async function story(commit: string): Promise<readonly string[]> {
  const entries = (await rig.history()).filter((entry) => entry.commit === commit);
  return entries.map(({ status, class: failure }) => (failure === null ? status : `${status} ${failure}`)).reverse();
}

function statusNow(): Promise<StackStatus> {
  return api<{ readonly status: StackStatus }>(rig.daemon, `/stacks/${NAME}`).then(({ status }) => status);
}

/** What is told once the Engine is away, and how long an answer takes from then on, for `forMs`, at most. */
async function degraded(forMs = 0): Promise<{ readonly status: StackStatus; readonly slowestMs: number }> {
  const status = await until("it is told", async () => {
    const now = await statusNow();
    return now.state === "degraded" ? now : null;
  });
  let slowestMs = 0;
  for (const end = performance.now() + forMs; slowestMs === 0 || performance.now() < end; await Bun.sleep(250)) {
    const began = performance.now();
    await Promise.all([statusNow(), api(rig.daemon, "/stacks"), fetch(`${rig.daemon.url}/`)]);
    slowestMs = Math.max(slowestMs, performance.now() - began);
  }
  return { status, slowestMs };
}

/** `meanwhile` runs while there is no Engine. */
async function restart(signal: "SIGTERM" | "SIGKILL", meanwhile: () => void = () => undefined): Promise<void> {
  process.kill(own.pid(), signal);
  const answers = () =>
    engineApi(own.engine, "/containers/json").then(
      () => true,
      () => false,
    );
  await until("the Engine is gone", async () => !(await answers()));
  meanwhile();
  await own.startAgain();
}

async function pushTag(tag: string): Promise<string> {
  const pushed = await createImage(own.engine, { reference: `${registry.host}/shop/web:${tag}` });
  await pushImage(own.engine, pushed);
  await engineApi(own.engine, `/images/${pushed}`, "DELETE");
  return `${faulty.host}/shop/web:${tag}`;
}

describe("an Engine that is restarted", () => {
  test("in the gate: no failure of the commit, which is proven afterwards", async () => {
    const commit = await rig.push(
      compose("gate", { healthcheck: { test: ["CMD", "true"], interval: "3s", timeout: "20s" } }),
    );
    await deployUntil((event) => event.type === "phase" && event.phase === "gate");
    await restart("SIGTERM");
    await heals("restarted in the gate", commit);
    expect(await story(commit)).toEqual(["failed transient", "healthy"]);
  }, 120_000);

  test("killed while containers are made: the same", async () => {
    const commit = await rig.push(compose("create"));
    await deployUntil((event) => isStep(event, "create-container"));
    await restart("SIGKILL");
    await heals("killed at a creation", commit);
    expect(await story(commit)).toEqual(["failed transient", "healthy"]);
    expect((await rig.containers()).map(({ State }) => State)).toEqual(["running", "running"]);
  }, 120_000);

  test("killed while an image is pulled: the same, and what ran is started again", async () => {
    const image = await pushTag("pull");
    const waiting = Promise.withResolvers<void>();
    faulty.fault((path) => {
      if (!path.includes("/blobs/")) return false;
      waiting.resolve();
      return true;
    });
    const commit = await rig.push(compose("pull", { image }));
    await Promise.all([deployUntil((event) => isStep(event, "pull-image")), waiting.promise]);
    // From here on whatever is said to the Engine can be cut off.
    await restart("SIGKILL", () => pointTo(proxy.socketPath));
    faulty.fault(null);
    await heals("killed in a pull", commit);
    expect(await story(commit)).toEqual(["failed transient", "healthy"]);
  }, 120_000);
});

describe("an Engine that can't be asked", () => {
  test("without its socket: told on every page within a second, and a commit of that time is deployed once it is back", async () => {
    const before = await rig.running();
    const commit = await rig.push(compose("away"));
    pointTo(null);
    proxy.cut(true);
    expect(await rig.deploy()).not.toBe(0);
    const { status, slowestMs } = await degraded(AWAY_MS);
    expect(status).toMatchObject({ trouble: "EngineUnreachable", reason: expect.stringContaining("docker.sock") });
    expect(status.hint).not.toBe("");
    figures.push(`slowest answer beside a missing socket ${Math.round(slowestMs)} ms`);
    expect(slowestMs).toBeLessThan(1_000);
    expect(await rig.running()).toEqual(before);
    proxy.cut(false);
    pointTo(proxy.socketPath);
    await heals("socket back", commit);
    expect(await story(commit)).toEqual(["healthy"]);
  }, 120_000);

  test("as it takes connections and never answers: no page waits for it, and it is found well again", async () => {
    const { commit } = await rig.inSync();
    process.kill(own.pid(), "SIGSTOP");
    const { status, slowestMs } = await degraded();
    process.kill(own.pid(), "SIGCONT");
    expect(status).toMatchObject({ trouble: "EngineTimeout", hint: expect.stringContaining("log") });
    figures.push(`slowest answer beside a silent Engine ${Math.round(slowestMs)} ms`);
    expect(slowestMs).toBeLessThan(2_000);
    await heals("goes on answering", commit ?? "");
  }, 120_000);

  test("as its stream of events is cut: what drifted meanwhile is mended", async () => {
    const { web = "" } = await rig.running();
    proxy.cut(true);
    await engineApi(own.engine, `/containers/${web}/stop?t=0`, "POST");
    proxy.cut(false);
    const { commit } = await until("it is mended", async () => {
      const [newest] = await rig.history();
      return newest?.trigger === "drift" && newest.status === "healthy" ? newest : null;
    });
    await heals("mended", commit);
  }, 120_000);

  test("as it answers one creation with 500: no failure of the commit", async () => {
    const before = await rig.running();
    const commit = await rig.push(compose("500"));
    proxy.answerOnce(
      ({ method, target }) => method === "POST" && /\/containers\/create\?.*engine-fault/.test(target),
      500,
      `{"message":"context deadline exceeded"}`,
    );
    await rig.deploy();
    expect(await rig.running()).toEqual(before);
    await heals("one 500", commit);
    expect(await story(commit)).toEqual(["failed transient", "healthy"]);
  }, 120_000);
});

describe("a registry", () => {
  test("that denies is named with the login, what ran runs on, and another login is used at once", async () => {
    const before = await rig.running();
    const image = await pushTag("private");
    faulty.fault(wantsLogin("ann", "secret of ann"));
    const commit = await rig.push(compose("private", { image }));
    expect(await rig.deploy()).not.toBe(0);
    expect(await rig.running()).toEqual(before);
    const status = await rig.status();
    expect(status).toMatchObject({ state: "degraded", trouble: "RegistryDenied" });
    expect(status.reason).toContain(`from ${faulty.host} (without a login)`);
    const login = { username: "ann", secret: "secret of ann" };
    await api(rig.daemon, `/registries/${encodeURIComponent(faulty.host)}`, "PUT", login);
    await heals("login given", commit);
    expect(await story(commit)).toEqual(["failed denied", "healthy"]);
  }, 120_000);

  test("that is down stops nothing whose images are here", async () => {
    faulty.fault((_, answer) => {
      answer.destroy();
      return true;
    });
    const commit = await rig.push(compose("local", { image: `${faulty.host}/shop/web:private` }));
    expect(await rig.deploy()).toBe(0);
    expect(await story(commit)).toEqual(["healthy"]);
  }, 120_000);
});
