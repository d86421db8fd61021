import { afterAll, beforeAll, expect, test } from "bun:test";
import { serviceHash } from "../../src/compose/hash.ts";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import { observeQuery, plan } from "../../src/plan/planner.ts";
import type { Project } from "../../src/project.ts";
import { applyPlan } from "../../src/reconcile/apply-plan.ts";
import { composeUp } from "../../src/reconcile/compose-project.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { containersOf, engineApi, removeProject } from "../support/engine-api.ts";
import { JumpingClock } from "../support/flow.ts";
import { BUSYBOX_IMAGE, busyboxImage, createImage } from "../support/images.ts";
import { sampleProject } from "../support/sample-project.ts";

const PROJECT = "convergence";
const RUN = { image: BUSYBOX_IMAGE, command: ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"] };
const signal = AbortSignal.timeout(120_000);
const nothing = (): void => undefined;
const told = { clock: new JumpingClock(), onStep: nothing, onProgress: nothing, onWarning: nothing };
let engine: TestEngine;

beforeAll(async () => {
  engine = await testEngine();
  await busyboxImage(engine);
  await removeProject(engine, PROJECT);
}, 60_000);

afterAll(() => removeProject(engine, PROJECT));

interface Inspect {
  readonly Id: string;
  readonly Image: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly Aliases: readonly string[] }>> };
  readonly State: { readonly Running: boolean };
}

async function only(): Promise<Inspect> {
  const [container] = await containersOf(engine, PROJECT);
  return await engineApi<Inspect>(engine, `/containers/${container?.Id ?? ""}/json`);
}

test("a container keeps itself and its names when its network is made anew", async () => {
  const withNetwork = (hash: string): Project => {
    const project = sampleProject({ web: { ...RUN, networks: { default: { aliases: ["api"] } } } }, PROJECT);
    return { ...project, hashes: { ...project.hashes, networks: { default: hash } } };
  };
  const up = (project: Project) =>
    composeUp(
      project,
      { start: true, removeOrphans: false, waitMs: null },
      { ...told, engine: connectEngine({ dockerHost: engine.dockerHost }) },
      signal,
    );
  await up(withNetwork("1"));
  const before = await only();
  await up(withNetwork("2"));
  const after = await only();
  expect([after.Id, after.State.Running]).toEqual([before.Id, true]);
  expect(after.NetworkSettings.Networks[`${PROJECT}_default`]?.Aliases).toEqual(
    expect.arrayContaining([`${PROJECT}-web-1`, "web", "api"]),
  );
  await removeProject(engine, PROJECT);
}, 120_000);

test("a pinned image is run though its tag names another one by now, and stays", async () => {
  const reference = "tallyman-test/moving:1";
  await createImage(engine, { reference, files: { former: "1" } });
  const former = await engineApi<{ readonly Id: string }>(engine, `/images/${encodeURIComponent(reference)}/json`);
  await engineApi(engine, `/images/${encodeURIComponent(reference)}/tag?repo=tallyman-test/kept&tag=1`, "POST");
  await createImage(engine, { reference, files: { later: "1" } });
  const project = sampleProject({ web: { ...RUN, image: reference } }, PROJECT);
  const basis = { pins: { [reference]: former.Id }, previous: null, hashOf: serviceHash };
  const how = { settled: false, prune: false, changedVolumes: "refuse", rerunJobs: false, start: true } as const;
  const client = connectEngine({ dockerHost: engine.dockerHost });
  const planned = async () => {
    const observed = await client.observe(observeQuery(project, basis.pins), signal);
    return { observed, made: plan(project, observed, { basis, refreshImages: false, ...how }) };
  };
  const { observed, made } = await planned();
  await applyPlan(made, { ...told, engine: client, project, observed, labels: {} }, signal);
  const container = await only();
  expect([container.Image, container.Config.Labels["com.docker.compose.image"]]).toEqual([former.Id, former.Id]);
  expect((await planned()).made.operations).toEqual([]);
}, 120_000);
