import { describe, expect, test } from "bun:test";
import { serviceHash } from "../../src/compose/hash.ts";
import { retainedName, TALLYMAN_LABEL } from "../../src/label.ts";
import { settle } from "../../src/reconcile/settle.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";
import { runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = { ...sampleProject({ web: {} }), contents: { web: { "./nginx.conf": "n1" } } };
const onNetwork = { networks: [{ name: "shop_default", id: "shop_default" }] };
const web = runningContainer(project, "web", 1, onNetwork);
const options = {
  basis: { pins: {}, repoDigests: {}, previous: null, hashOf: serviceHash },
  refreshImages: false,
  settled: false,
  prune: true,
  changedVolumes: "refuse",
  rerunJobs: false,
  start: true,
  returning: false,
} as const;

/** A project whose one container serves, as a deployment leaves it. */
async function flow() {
  const made = memoryFlow();
  made.engine.addImage("web:1", "healthy");
  made.engine.networks.add("shop_default");
  made.engine.containers = [web];
  const checkout = await made.source.checkout(sampleStack, { commit: "aaa" });
  const begin = { stack: "shop", commit: checkout.info, trigger: "commit", cause: "", settingsDigest: "s" } as const;
  const { id } = await made.history.begin(begin);
  const facts = { imageDigests: {}, repoDigests: {}, inputDigest: "i", project };
  await made.history.finish(id, { status: "healthy", verdicts: [], ...facts });
  const run = (madeSince: string | null = null) =>
    settle({ stack: sampleStack, checkout, project, options, madeSince }, made.parts, new AbortController().signal);
  return { ...made, run };
}

test("what was kept for the way back goes, and the checkout is kept instead", async () => {
  const { engine, source, run } = await flow();
  const former = { ...web, id: "f".repeat(64), name: retainedName(web.name, "f".repeat(64)), configHash: "old" };
  engine.containers = [web, { ...former, state: "exited" }];
  await run();
  expect(engine.containers.map(({ id }) => id)).toEqual([web.id]);
  expect([...source.kept]).toEqual(["aaa"]);
});

test("a successor that vanished since it passed is not made anew unproven, and what was kept is all there is", async () => {
  const { engine, run } = await flow();
  const former = { ...web, id: "f".repeat(64), name: retainedName(web.name, "f".repeat(64)), configHash: "old" };
  engine.containers = [{ ...former, state: "exited" }];
  await run();
  expect([engine.performed, engine.containers.map(({ id }) => id)]).toEqual([[], [former.id]]);
});

test("what somebody stopped or changed meanwhile is left to a pass that proves it", async () => {
  const { engine, run } = await flow();
  engine.containers = [{ ...web, state: "exited", exitCode: 137, restartPolicy: "no" }];
  await run();
  expect(engine.performed).toEqual([]);
});

describe("what is kept beside a container", () => {
  test("that bears no label of ours is the content of what it mounts", async () => {
    const { kept, run } = await flow();
    await run();
    expect(kept.all).toEqual([
      { containerId: web.id, configHash: null, contents: { "./nginx.conf": "n1" }, tolerated: [] },
    ]);
  });

  test("that bears it is nothing", async () => {
    const { engine, kept, run } = await flow();
    engine.containers = [{ ...web, labels: { ...web.labels, [TALLYMAN_LABEL.contents]: '{"./nginx.conf":"n1"}' } }];
    await run();
    expect(kept.all).toEqual([]);
  });

  test("that was just made is what the Engine made otherwise", async () => {
    const { engine, kept, run } = await flow();
    engine.containers = [{ ...web, labels: { ...web.labels, [TALLYMAN_LABEL.contents]: '{"./nginx.conf":"n1"}' } }];
    engine.different.set(web.id, [{ field: "log driver", wanted: "json-file", found: "local" }]);
    await run(web.createdAt);
    expect(kept.all).toMatchObject([{ containerId: web.id, tolerated: ["log driver"] }]);
  });

  test("is forgotten with the container", async () => {
    const { kept, run } = await flow();
    await kept.keep("shop", { containerId: "gone", configHash: null, contents: null, tolerated: [] });
    await run();
    expect(kept.all.map(({ containerId }) => containerId)).not.toContain("gone");
  });
});

test("drift is not mended behind the gate's back", async () => {
  const { engine, run } = await flow();
  engine.different.set(web.id, [{ field: "memory limit", wanted: "64 MiB", found: "32 MiB" }]);
  await run();
  expect(engine.performed).toEqual([]);
});

test("an Engine that is away now fails no release", async () => {
  const { engine, run } = await flow();
  engine.observe = () => Promise.reject(new Error("gone"));
  expect(await run()).toBeUndefined();
});
