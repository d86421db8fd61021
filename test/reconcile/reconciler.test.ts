import { describe, expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { Reconciler } from "../../src/reconcile/reconciler.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";
import { sampleProject } from "../support/sample-project.ts";

async function running() {
  const flow = memoryFlow();
  flow.engine.addImage("web:1", "healthy");
  flow.source.push("aaa", sampleProject({ web: { volumes: [{ type: "volume", source: "data", target: "/d" }] } }));
  const reconciler = new Reconciler(flow.parts);
  await reconciler.start([sampleStack]);
  await reconciler.run("shop", "start");
  return { ...flow, reconciler };
}

test("the first pass after a start converges and the status says so", async () => {
  const { reconciler } = await running();
  expect(await reconciler.status("shop")).toMatchObject({
    state: "in-sync",
    commit: "aaa",
    services: [{ name: "web", health: "healthy" }],
  });
  expect(await reconciler.statuses()).toHaveLength(1);
  await reconciler.stop();
});

test("attempts cut off by the end of the last process are marked before anything else", async () => {
  const flow = memoryFlow();
  const commit = { commit: "aaa", author: "", message: "", committedAt: "" };
  await flow.history.begin({ stack: "shop", commit, trigger: "commit", cause: "", settingsDigest: "s" });
  const reconciler = new Reconciler(flow.parts);
  await reconciler.start([]);
  expect(flow.history.rows[0]).toMatchObject({ status: "interrupted", interruptions: 1 });
});

test("a preview tells what would happen and changes nothing", async () => {
  const { parts, engine, source } = memoryFlow();
  engine.addImage("web:1", "healthy");
  source.push("aaa", sampleProject({ web: {} }));
  source.headError = new TallymanError("GitUnreachable", "not yet");
  const reconciler = new Reconciler(parts);
  reconciler.adopt(sampleStack);
  await reconciler.run("shop", "start");
  source.headError = null;
  const report = await reconciler.preview("shop");
  expect([report.revision, report.operations.map((operation) => operation.kind)]).toEqual([
    "aaa",
    ["create-network", "create-container", "start-container"],
  ]);
  expect([engine.performed, source.switched]).toEqual([[], []]);
  await reconciler.stop();
});

test("a removed stack leaves its volumes and nothing else", async () => {
  const { reconciler, engine } = await running();
  await reconciler.remove("shop");
  expect([engine.containers.length, engine.networks.size, engine.volumes.size]).toEqual([0, 0, 1]);
  expect(reconciler.run("shop", "deploy")).rejects.toThrow('there is no stack named "shop"');
});

describe("a probe", () => {
  test("answers with what the ref points to", async () => {
    const { reconciler } = await running();
    expect(await reconciler.probe(sampleStack)).toMatchObject({ ok: true, revision: { commit: "aaa" } });
    await reconciler.stop();
  });

  test("answers with the reason as a value when it cannot", async () => {
    const { reconciler, source } = await running();
    source.headError = new TallymanError("GitAuthentication", "refused");
    expect(await reconciler.probe(sampleStack)).toMatchObject({ ok: false, error: { reason: "GitAuthentication" } });
    await reconciler.stop();
  });
});

test("a stack whose containers cannot be removed stays a stack", async () => {
  const { reconciler, engine } = await running();
  engine.beforePerform = (operation) => {
    if (operation.kind === "remove-container") throw new TallymanError("EngineUnreachable", "gone");
  };
  expect(reconciler.remove("shop")).rejects.toThrow("gone");
  await reconciler.remove("shop").catch(() => undefined);
  expect(await reconciler.status("shop")).toMatchObject({ name: "shop" });
  await reconciler.stop();
});

test("a stack that has its lane keeps it", async () => {
  const { reconciler, source } = await running();
  const probes = source.probes;
  reconciler.adopt(sampleStack);
  expect(source.probes).toBe(probes);
  await reconciler.stop();
});
