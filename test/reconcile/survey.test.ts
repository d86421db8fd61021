import { describe, expect, test } from "bun:test";
import { serviceHash } from "../../src/compose/hash.ts";
import { TALLYMAN_LABEL } from "../../src/label.ts";
import { type SurveyOptions, survey } from "../../src/reconcile/survey.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";
import { runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = sampleProject({ web: {} });
const options: SurveyOptions = {
  basis: { pins: {}, repoDigests: {}, previous: null, hashOf: serviceHash },
  refreshImages: false,
  settled: false,
  prune: true,
  changedVolumes: "refuse",
  rerunJobs: false,
  start: true,
  returning: false,
};
const onNetwork = { networks: [{ name: "shop_default", id: "shop_default" }] };
const web = runningContainer(project, "web", 1, onNetwork);

function flow() {
  const made = memoryFlow();
  made.engine.addImage("web:1", "healthy");
  made.engine.networks.add("shop_default");
  const look = (stack = sampleStack) => survey(stack, project, options, made.parts, new AbortController().signal);
  return { ...made, look };
}

describe("a container that Docker Compose made under another hash", () => {
  const foreign = { ...web, configHash: "of docker compose" };

  test("is kept when it equals what would be created", async () => {
    const { engine, look } = flow();
    engine.containers = [foreign];
    engine.different.set(foreign.id, []);
    const found = await look();
    expect(found.plan.operations).toEqual([]);
    expect(found.adopted).toMatchObject([{ containerId: foreign.id, configHash: project.hashes.services["web"]?.a }]);
  });

  test("is made anew when it differs in a field, or was not compared", async () => {
    const { engine, look } = flow();
    engine.containers = [foreign];
    expect((await look()).plan.operations.map(({ kind }) => kind)).toContain("create-container");
    engine.different.set(foreign.id, [{ field: "command", wanted: "a", found: "b" }]);
    expect((await look()).plan.operations.map(({ kind }) => kind)).toContain("create-container");
  });
});

describe("a container of ours that differs", () => {
  const ours = { ...web, labels: { ...web.labels, [TALLYMAN_LABEL.stack]: "shop" } };
  const difference = [{ field: "memory limit", wanted: "64 MiB", found: "32 MiB" }];

  test("has drifted", async () => {
    const { engine, look } = flow();
    engine.containers = [ours];
    engine.different.set(ours.id, difference);
    expect((await look()).drifted.get(ours.id)).toEqual(difference);
  });

  test("has not where the Engine itself made it so", async () => {
    const { engine, look, kept } = flow();
    engine.containers = [ours];
    engine.different.set(ours.id, difference);
    await kept.keep("shop", { containerId: ours.id, configHash: null, contents: null, tolerated: ["memory limit"] });
    expect((await look()).drifted.size).toBe(0);
  });

  test("is not planned anew where drift is only reported", async () => {
    const { engine, look } = flow();
    engine.containers = [ours];
    engine.different.set(ours.id, difference);
    expect((await look({ ...sampleStack, drift: "report" })).plan.operations).toEqual([]);
  });
});

test("a project that bears another Tallyman's label is not touched", async () => {
  const { engine, look } = flow();
  engine.containers = [{ ...web, labels: { ...web.labels, [TALLYMAN_LABEL.instance]: "another-one" } }];
  expect(look()).rejects.toThrow("project shop belongs to another Tallyman (another-one)");
});
