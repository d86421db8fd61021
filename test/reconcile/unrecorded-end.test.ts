import { expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { StackPasses } from "../../src/reconcile/stack-passes.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";
import { sampleProject } from "../support/sample-project.ts";

// The disk fills up in the middle of a deployment: its end finds no room in the history.

function flow() {
  const made = memoryFlow();
  for (const version of ["1", "2"]) made.engine.addImage(`web:${version}`, "healthy");
  made.engine.addImage("web:bad", "unhealthy");
  const passes = new StackPasses(sampleStack, made.parts, () => null);
  const never = new AbortController().signal;
  const finish = made.history.finish.bind(made.history);
  const disk = {
    fill() {
      made.history.finish = () => Promise.reject(new TallymanError("DiskFull", "the disk is full"));
    },
    clear() {
      made.history.finish = finish;
    },
  };
  return { ...made, disk, pass: () => passes.pass("poll", never, never) };
}

async function deployedOnFullDisk(image: string) {
  const made = flow();
  made.source.push("aaa", sampleProject({ web: { image: "web:1" } }));
  await made.pass();
  made.source.push("bbb", sampleProject({ web: { image } }));
  made.disk.fill();
  expect(await made.pass()).toMatchObject({ outcome: "failed", error: { reason: "DiskFull" } });
  return made;
}

test("a release whose verdict could not be recorded is not the last one until it was proven again", async () => {
  const { pass, history, disk } = await deployedOnFullDisk("web:2");
  expect(await pass()).toMatchObject({ outcome: "failed", error: { reason: "DiskFull" } });
  expect(await history.lastRelease("shop")).toMatchObject({ commit: "aaa" });
  disk.clear();
  expect(await pass()).toMatchObject({ outcome: "healthy", commit: "bbb" });
  expect(history.rows.map(({ commit, status }) => `${commit} ${status}`)).toEqual(["bbb healthy", "aaa healthy"]);
});

test("a failure that could not be recorded is gone back from as soon as there is room", async () => {
  const { pass, history, disk, engine } = await deployedOnFullDisk("web:bad");
  disk.clear();
  expect(await pass()).toMatchObject({ outcome: "rolled-back", commit: "aaa" });
  expect(history.rows.map(({ commit, status }) => `${commit} ${status}`)).toEqual([
    "aaa healthy",
    "bbb failed",
    "aaa healthy",
  ]);
  expect(engine.containers.map(({ image, state }) => `${image} ${state}`)).toEqual(["web:1 running"]);
});
