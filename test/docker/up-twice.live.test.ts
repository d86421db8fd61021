import { afterAll, beforeAll, expect, test } from "bun:test";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import type { Project } from "../../src/project.ts";
import { composeUp } from "../../src/reconcile/compose-project.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { removeProject } from "../support/engine-api.ts";
import { JumpingClock } from "../support/flow.ts";
import { BUSYBOX_IMAGE, busyboxImage } from "../support/images.ts";
import { sampleProject } from "../support/sample-project.ts";
import { proxyEngine, type SocketProxy } from "../support/socket-proxy.ts";

// A second `up` changes nothing where everything runs. What has ended is started again at every `up`, as Docker Compose does; that is
// why the projects of the corpus, whose one image ends at once, are only created twice (corpus-create.live.test.ts).

const PROJECT = "up-twice";
const signal = AbortSignal.timeout(1_200_000);
let engine: TestEngine;
let proxy: SocketProxy;

beforeAll(async () => {
  engine = await testEngine();
  proxy = await proxyEngine(engine.socketPath);
  await busyboxImage(engine);
}, 60_000);

afterAll(async () => {
  await proxy.stop();
  await removeProject(engine, PROJECT);
});

const nothing = (): void => undefined;

/** What the second of two runs asked the Engine to change. */
async function secondUp(project: Project): Promise<readonly string[]> {
  await removeProject(engine, project.name);
  const client = connectEngine({ dockerHost: proxy.dockerHost });
  const parts = { engine: client, clock: new JumpingClock(), onStep: nothing, onProgress: nothing, onWarning: nothing };
  const options = { start: true, removeOrphans: true, waitMs: null };
  await composeUp(project, options, parts, signal);
  proxy.forget();
  await composeUp(project, options, parts, signal);
  return proxy.mutating.map(({ method, target }) => `${method} ${target.replace(/[0-9a-f]{64}/, "ID")}`);
}

const RUN = { image: BUSYBOX_IMAGE, command: ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"] };
const running = {
  db: { ...RUN, healthcheck: { test: ["CMD", "true"], interval: "1s" } },
  web: { ...RUN, scale: 2, depends_on: { db: { condition: "service_healthy", required: true } as const } },
  // The loader implies this dependency.
  side: {
    ...RUN,
    network_mode: "service:db",
    networks: {},
    depends_on: { db: { condition: "service_started", required: true } as const },
  },
};

test("a project that runs needs nothing", async () => {
  expect(await secondUp(sampleProject(running, PROJECT))).toEqual([]);
});

test("a job that ended is started again, as Docker Compose does, and nothing else happens", async () => {
  const job = { image: BUSYBOX_IMAGE, command: ["true"], restart: "no" };
  const asked = await secondUp(sampleProject({ ...running, job }, PROJECT));
  expect(asked.filter((request) => !request.endsWith("/start"))).toEqual([]);
  expect(asked).toHaveLength(1);
});
