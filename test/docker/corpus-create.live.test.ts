import { afterAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { serviceHash } from "../../src/compose/hash.ts";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import { observeQuery, plan } from "../../src/plan/planner.ts";
import type { Project } from "../../src/project.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { engineApi, removeProject } from "../support/engine-api.ts";
import { createImage } from "../support/images.ts";
import { comparable, type Recorded, type RecordedContainer } from "./comparable.ts";
import { CORPUS_FOLDERS, CORPUS_IMAGE, CORPUS_PROJECT, corpusProject } from "./create-corpus.ts";

// What `docker compose create` (2.40.3) made on Engine 20.10 of a project with every attribute, and of about 160 from public
// collections, which are kept beside the repository where they are at hand.
const LIMIT = 300_000;
const signal = AbortSignal.timeout(900_000);

afterAll(async () => removeProject(await testEngine(), CORPUS_PROJECT));

for (const folder of CORPUS_FOLDERS)
  test(
    `what is created for the projects of ${basename(folder)} equals what Docker Compose created`,
    async () => {
      const engine = await testEngine();
      const differences: string[] = [];
      await createImage(engine, CORPUS_IMAGE);
      for (const name of readdirSync(folder)) {
        const found = await differencesOf(engine, join(folder, name));
        differences.push(...found.map((difference) => `${name}: ${difference}`));
      }
      expect(differences).toEqual([]);
    },
    LIMIT,
  );

async function differencesOf(engine: TestEngine, directory: string): Promise<readonly string[]> {
  await removeProject(engine, CORPUS_PROJECT);
  const recorded = JSON.parse(readFileSync(join(directory, "inspect.json"), "utf8")) as Recorded;
  await create(engine, corpusProject(directory));
  return compare(comparable(recorded), comparable(await whatIsThere(engine, recorded)), "");
}

/** The way a pass goes, up to the first start. */
async function create({ dockerHost }: TestEngine, project: Project): Promise<void> {
  const engine = connectEngine({ dockerHost });
  const observed = await engine.observe(observeQuery(project), signal);
  const basis = { pins: {}, previous: null, hashOf: serviceHash };
  const how = { changedVolumes: "refuse", prune: false, rerunJobs: false, start: false } as const;
  const options = { basis, refreshImages: false, settled: false, ...how };
  const created = new Map<number, string>();
  for (const [index, operation] of plan(project, observed, options).operations.entries()) {
    const context = { project, observed, created, labels: {}, progress: () => {} };
    const { containerId } = await engine.perform(operation, context, signal);
    if (containerId) created.set(index, containerId);
  }
}

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
