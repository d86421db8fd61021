import { expect, test } from "bun:test";
import { halt } from "../../src/reconcile/halt.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";
import { runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

test("what runs is stopped and stays, and the next time there is nothing to do", async () => {
  const project = sampleProject({ web: {}, db: {} });
  const { engine, parts } = memoryFlow();
  engine.containers = [runningContainer(project, "web"), runningContainer(project, "db")];
  const signal = new AbortController().signal;
  expect(await halt(sampleStack, parts, signal)).toMatchObject({ outcome: "stopped" });
  expect(engine.containers.map(({ state }) => state)).toEqual(["exited", "exited"]);
  const performed = engine.performed.length;
  await halt(sampleStack, parts, signal);
  expect(engine.performed).toHaveLength(performed);
});
