import { expect, test } from "bun:test";
import { serviceHash } from "../../src/compose/hash.ts";
import { TallymanError } from "../../src/error.ts";
import { type Attempt, deploy } from "../../src/reconcile/deploy.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";
import { sampleProject } from "../support/sample-project.ts";

async function attemptOf(flow: ReturnType<typeof memoryFlow>, commit: string): Promise<Attempt> {
  const checkout = await flow.source.checkout(sampleStack, { commit });
  const begin = {
    stack: "shop",
    commit: checkout.info,
    trigger: "commit",
    cause: "new commit",
    settingsDigest: "s",
  } as const;
  const basis = { pins: {}, repoDigests: {}, previous: null, hashOf: serviceHash };
  const how = { changedVolumes: "refuse", prune: true, rerunJobs: false, start: true, returning: false } as const;
  const options = { basis, refreshImages: true, settled: false, ...how };
  return {
    stack: sampleStack,
    checkout,
    begin,
    options,
    environment: {},
    comesBack: null,
    knownInputs: null,
    superseded: new AbortController().signal,
    onGate: () => undefined,
  };
}

const run = async (flow: ReturnType<typeof memoryFlow>, commit: string) =>
  await deploy(await attemptOf(flow, commit), flow.parts, new AbortController().signal);

test("the row is written before the first change, the tree is switched before the containers are", async () => {
  const flow = memoryFlow();
  flow.engine.addImage("web:1", "healthy");
  flow.source.push("aaa", sampleProject({ web: {} }));
  const order: string[] = [];
  flow.engine.beforePerform = (operation) => {
    order.push(`${operation.kind} rows=${flow.history.rows.length} tree=${flow.source.switched.length}`);
  };
  await run(flow, "aaa");
  expect(order).toEqual([
    "create-network rows=1 tree=1",
    "create-container rows=1 tree=1",
    "start-container rows=1 tree=1",
  ]);
});

test("an image that cannot be had touches neither tree nor containers and may heal by itself", async () => {
  const flow = memoryFlow();
  flow.source.push("aaa", sampleProject({ web: {} }));
  flow.engine.beforePerform = () => {
    throw new TallymanError("RegistryUnavailable", "the registry answers 503");
  };
  expect(await run(flow, "aaa")).toMatchObject({
    kind: "failed",
    deployment: { class: "transient", reason: "the registry answers 503" },
  });
  expect([flow.source.switched, flow.engine.containers]).toEqual([[], []]);
});

test("containers that already run as asked are judged once and become the first release", async () => {
  const flow = memoryFlow();
  flow.engine.addImage("web:1", "healthy");
  flow.source.push("aaa", sampleProject({ web: {} }));
  await run(flow, "aaa");
  flow.history.rows = [];
  const performed = flow.engine.performed.length;
  expect(await run(flow, "aaa")).toMatchObject({ kind: "healthy" });
  expect(flow.engine.performed).toHaveLength(performed);
});

test("a release remembers the images it ran", async () => {
  const flow = memoryFlow();
  flow.engine.addImage("web:1", "healthy", "sha256:exact");
  flow.source.push("aaa", sampleProject({ web: {} }));
  await run(flow, "aaa");
  expect((await flow.history.lastRelease("shop"))?.imageDigests).toEqual({ "web:1": "sha256:exact" });
});

test("a release that came back remembers its pinned image, not what the tag names by now", async () => {
  const flow = memoryFlow();
  flow.engine.addImage("former:1", "healthy", "sha256:former");
  flow.engine.addImage("web:1", "healthy", "sha256:moved");
  flow.source.push("aaa", sampleProject({ web: {} }));
  const attempt = await attemptOf(flow, "aaa");
  const basis = { ...attempt.options.basis, pins: { "web:1": "sha256:former" } };
  const options = { ...attempt.options, basis };
  await deploy({ ...attempt, options }, flow.parts, new AbortController().signal);
  expect(flow.engine.containers.map(({ imageId }) => imageId)).toEqual(["sha256:former"]);
  expect((await flow.history.lastRelease("shop"))?.imageDigests).toEqual({ "web:1": "sha256:former" });
});

test("a failure to clear away is no failure of the release", async () => {
  const flow = memoryFlow();
  flow.engine.addImage("web:1", "healthy");
  flow.engine.addImage("web:2", "healthy");
  flow.source.push("aaa", sampleProject({ web: {} }));
  await run(flow, "aaa");
  flow.source.push("bbb", sampleProject({ web: { image: "web:2" } }));
  flow.engine.beforePerform = (operation) => {
    if (operation.kind === "remove-container") throw new TallymanError("EngineTimeout", "no answer");
  };
  expect(await run(flow, "bbb")).toMatchObject({ kind: "healthy" });
  flow.engine.beforePerform = () => undefined;
  expect(await run(flow, "bbb")).toMatchObject({ kind: "unchanged" });
  expect(flow.engine.containers.map((container) => container.name)).toEqual(["shop-web-1"]);
});

test("events tell the phases in the order in which they happen", async () => {
  const flow = memoryFlow();
  flow.engine.addImage("web:1", "healthy");
  flow.source.push("aaa", sampleProject({ web: {} }));
  await run(flow, "aaa");
  const told = flow.events.flatMap((event) =>
    event.type === "phase" ? [event.phase] : event.type === "deployment" ? [event.status] : [],
  );
  expect(told).toEqual(["applying", "apply", "gate", "gate", "healthy"]);
});

test("an Engine that is away is no attempt of the commit", async () => {
  const flow = memoryFlow();
  flow.source.push("aaa", sampleProject({ web: {} }));
  flow.engine.observe = async () => {
    throw new TallymanError("EngineUnreachable", "no Engine");
  };
  await run(flow, "aaa").catch((error: unknown) => expect(error).toMatchObject({ reason: "EngineUnreachable" }));
  expect(flow.history.rows).toEqual([]);
});

test("a failed attempt names the service that broke, not one that was merely not done", async () => {
  const flow = memoryFlow();
  flow.engine.addImage("a:1", "starting");
  flow.engine.addImage("b:1", "exits 1");
  flow.source.push("aaa", sampleProject({ a: {}, b: {} }));
  expect(await run(flow, "aaa")).toMatchObject({
    kind: "failed",
    error: { message: "b: exited with code 1 after 60 s" },
  });
});
