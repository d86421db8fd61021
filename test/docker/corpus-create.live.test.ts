import { afterAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import type { Project } from "../../src/project.ts";
import { composeUp } from "../../src/reconcile/compose-project.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { engineApi, removeProject } from "../support/engine-api.ts";
import { JumpingClock } from "../support/flow.ts";
import { createImage } from "../support/images.ts";
import { proxyEngine, type SocketProxy } from "../support/socket-proxy.ts";
import { comparable, type Recorded, type RecordedContainer } from "./comparable.ts";
import { CORPUS_FOLDERS, CORPUS_IMAGE, CORPUS_PROJECT, corpusProject } from "./create-corpus.ts";

// What `docker compose create` (2.40.3) made on Engine 20.10 of a project with every attribute, and of about 160 from public
// collections, which are kept beside the repository where they are at hand.
const LIMIT = 300_000;
const signal = AbortSignal.timeout(900_000);

afterAll(async () => removeProject(await testEngine(), CORPUS_PROJECT));

for (const folder of CORPUS_FOLDERS)
  test(
    `what is created for the projects of ${basename(folder)} equals what Docker Compose created, and a second run changes nothing`,
    async () => {
      const engine = await testEngine();
      const proxy = await proxyEngine(engine.socketPath);
      const differences: string[] = [];
      await createImage(engine, CORPUS_IMAGE);
      for (const name of readdirSync(folder)) {
        const found = await differencesOf(engine, proxy, join(folder, name));
        differences.push(...found.map((difference) => `${name}: ${difference}`));
      }
      await proxy.stop();
      expect(differences).toEqual([]);
    },
    LIMIT,
  );

async function differencesOf(engine: TestEngine, proxy: SocketProxy, directory: string): Promise<readonly string[]> {
  await removeProject(engine, CORPUS_PROJECT);
  const recorded = JSON.parse(readFileSync(join(directory, "inspect.json"), "utf8")) as Recorded;
  const project = corpusProject(directory);
  await create(proxy, project);
  const differences = compare(comparable(recorded), comparable(await whatIsThere(engine, recorded)), "");
  return [...differences, ...(await create(proxy, project))];
}

/** What `up --no-start` asks the Engine to change. */
async function create(proxy: SocketProxy, project: Project): Promise<readonly string[]> {
  proxy.forget();
  const engine = connectEngine({ dockerHost: proxy.dockerHost });
  const parts = { engine, clock: new JumpingClock(), onStep: nothing, onProgress: nothing, onWarning: nothing };
  await composeUp(project, { start: false, removeOrphans: true, waitMs: null }, parts, signal);
  return proxy.mutating.map(({ method, target }) => `the second run asks for ${method} ${target}`);
}

const nothing = (): void => undefined;

/** Containers of the project, and the networks and volumes that were recorded. */
async function whatIsThere(engine: TestEngine, recorded: Recorded): Promise<Recorded> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${CORPUS_PROJECT}`] }));
  const listed = await engineApi<readonly { Id: string }[]>(engine, `/containers/json?all=1&filters=${filters}`);
  type Inspect = RecordedContainer & { readonly NetworkSettings: { readonly Networks: RecordedContainer["Networks"] } };
  const containers = await Promise.all(
    listed.map(async ({ Id }) => {
      const inspect = await engineApi<Inspect>(engine, `/containers/${Id}/json`);
      return { ...inspect, Networks: inspect.NetworkSettings.Networks };
    }),
  );
  const named = (kind: string, names: Recorded["networks"]) =>
    Promise.all(names.map(({ Name }) => engineApi<{ Name: string }>(engine, `/${kind}/${encodeURIComponent(Name)}`)));
  return {
    containers,
    networks: await named("networks", recorded.networks),
    volumes: await named("volumes", recorded.volumes),
  };
}

function compare(theirs: unknown, ours: unknown, path: string): readonly string[] {
  if (JSON.stringify(theirs) === JSON.stringify(ours)) return [];
  if (!isFields(theirs) || !isFields(ours))
    return [`${path}: recorded ${JSON.stringify(theirs)}, created ${JSON.stringify(ours)}`];
  const keys = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
  return [...keys].flatMap((key) => compare(theirs[key], ours[key], `${path}/${key}`));
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
