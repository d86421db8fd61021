import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { serviceHash } from "../../src/compose/hash.ts";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import { expectedReplicas, type Project, type Service } from "../../src/project.ts";
import { composeUp } from "../../src/reconcile/compose-project.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { removeProject } from "../support/engine-api.ts";
import { JumpingClock } from "../support/flow.ts";
import { BUSYBOX_IMAGE, busyboxImage, createImage } from "../support/images.ts";
import { sampleProject } from "../support/sample-project.ts";
import { proxyEngine, type SocketProxy } from "../support/socket-proxy.ts";
import { CORPUS_FOLDERS, CORPUS_IMAGE, CORPUS_PROJECT, corpusProject } from "./create-corpus.ts";

// A second `up` changes nothing where everything runs. What has ended is started again at every `up`, as Docker Compose does; that is
// why the projects of the corpus, of whose images only one is at hand, are brought up with every container asleep. Created twice they
// are just as they were recorded, in corpus-create.live.test.ts.

const PROJECT = "up-twice";
const LIMIT = 570_000;
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

/** What containers need of the host, or wait for. */
const OF_THE_HOST = new Set(
  "healthcheck ports devices gpus group_add ulimits post_start user privileged runtime deploy depends_on".split(" "),
);

/** The project with everything that makes it what it is to the planner, and nothing that its containers would need to run. */
function asleep(project: Project): Project {
  const services = Object.entries(project.services).map(([name, service]): [string, Service] => {
    const rest = Object.fromEntries(Object.entries(service).filter(([key]) => !OF_THE_HOST.has(key)));
    const dependencies = Object.entries(service.depends_on ?? {}).map(
      ([other, dependency]) => [other, { ...dependency, condition: "service_started" as const }] as const,
    );
    const slumber = { entrypoint: ["/bin/sleep"], command: ["100000"], scale: expectedReplicas(service) };
    return [name, { ...rest, ...slumber, depends_on: Object.fromEntries(dependencies) }];
  });
  const hashes = Object.fromEntries(services.map(([name, service]) => [name, serviceHash(service)]));
  return { ...project, services: Object.fromEntries(services), hashes: { ...project.hashes, services: hashes } };
}

// The first has every attribute there is, which no host could run.
for (const folder of CORPUS_FOLDERS.slice(1))
  test(
    `the projects of ${basename(folder)} need nothing once they run`,
    async () => {
      await createImage(engine, CORPUS_IMAGE);
      const began = performance.now();
      const asked: string[] = [];
      const names = readdirSync(folder);
      for (const name of names) {
        const second = await secondUp(asleep(corpusProject(join(folder, name)))).catch((thrown: unknown) => [
          `does not run: ${String(thrown)}`,
        ]);
        asked.push(...second.map((request) => `${name}: ${request}`));
      }
      await removeProject(engine, CORPUS_PROJECT);
      const seconds = Math.round((performance.now() - began) / 1000);
      console.log(`figure: ${names.length} projects of ${basename(folder)} brought up twice in ${seconds} s`);
      expect(asked).toEqual([]);
    },
    LIMIT,
  );
