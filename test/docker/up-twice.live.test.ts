import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import type { Project } from "../../src/project.ts";
import { composeUp } from "../../src/reconcile/compose-project.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { removeProject } from "../support/engine-api.ts";
import { JumpingClock } from "../support/flow.ts";
import { BUSYBOX_IMAGE, busyboxImage, createImage } from "../support/images.ts";
import { sampleProject } from "../support/sample-project.ts";
import { proxyEngine, type SocketProxy } from "../support/socket-proxy.ts";
import { CORPUS_FOLDERS, CORPUS_IMAGE, CORPUS_PROJECT, corpusProject } from "./create-corpus.ts";

// A second `up` changes nothing. Most projects of the corpus can't run here (their one image ends at once, and Docker Compose starts
// what has ended again at every `up`), so they are created and not started; what runs is tried with a project of our own.

const LIMIT = 300_000;
const signal = AbortSignal.timeout(1_200_000);
let engine: TestEngine;
let proxy: SocketProxy;

beforeAll(async () => {
  engine = await testEngine();
  proxy = await proxyEngine(engine.socketPath);
  await createImage(engine, CORPUS_IMAGE);
  await busyboxImage(engine);
}, 60_000);

afterAll(async () => {
  await proxy.stop();
  await removeProject(engine, CORPUS_PROJECT);
});

const nothing = (): void => undefined;

/** What the second of two runs asked the Engine to change. */
async function secondUp(project: Project, start: boolean): Promise<readonly string[]> {
  await removeProject(engine, project.name);
  const client = connectEngine({ dockerHost: proxy.dockerHost });
  const parts = { engine: client, clock: new JumpingClock(), onStep: nothing, onProgress: nothing, onWarning: nothing };
  const options = { start, removeOrphans: true, waitMs: null };
  await composeUp(project, options, parts, signal);
  proxy.forget();
  await composeUp(project, options, parts, signal);
  return proxy.mutating.map(({ method, target }) => `${method} ${target.replace(/[0-9a-f]{64}/, "ID")}`);
}

for (const folder of CORPUS_FOLDERS)
  test(
    `the projects of ${basename(folder)} need nothing once they are created`,
    async () => {
      const changes: string[] = [];
      for (const name of readdirSync(folder)) {
        const asked = await secondUp(corpusProject(join(folder, name)), false);
        changes.push(...asked.map((request) => `${name}: ${request}`));
      }
      expect(changes).toEqual([]);
    },
    LIMIT,
  );

const RUN = { image: BUSYBOX_IMAGE, command: ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"] };
const running = {
  db: { ...RUN, healthcheck: { test: ["CMD", "true"], interval: "1s" } },
  web: { ...RUN, scale: 2, depends_on: { db: { condition: "service_healthy", required: true } as const } },
  side: { ...RUN, network_mode: "service:db", networks: {} },
};

test("a project that runs needs nothing", async () => {
  expect(await secondUp(sampleProject(running, CORPUS_PROJECT), true)).toEqual([]);
});

test("a job that ended is started again, as Docker Compose does, and nothing else happens", async () => {
  const job = { image: BUSYBOX_IMAGE, command: ["true"], restart: "no" };
  const asked = await secondUp(sampleProject({ ...running, job }, CORPUS_PROJECT), true);
  expect(asked.filter((request) => !request.endsWith("/start"))).toEqual([]);
  expect(asked).toHaveLength(1);
});
