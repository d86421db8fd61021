import { expect, test } from "bun:test";
import type { EngineChange } from "../../src/engine.ts";
import { EngineWatch } from "../../src/reconcile/engine-watch.ts";
import { memoryFlow } from "../support/flow.ts";

const change = (project: string): EngineChange => ({
  type: "container",
  action: "die",
  containerId: "c",
  serviceName: "web",
  project,
});

test("a burst of events of a project is told once, and a cut stream is listened to again", async () => {
  const { parts, engine } = memoryFlow();
  const bursts = [[...Array(50).fill(change("shop")), change("blog")], [change("shop")]];
  const seen: string[] = [];
  const enough = Promise.withResolvers<void>();
  engine.changes = async function* () {
    yield { type: "listening" };
    yield* bursts.shift() ?? [];
    if (bursts.length === 0) await enough.promise;
  };
  const watch = new EngineWatch(parts, (project) => {
    seen.push(project);
    if (seen.length === 3) enough.resolve();
  });
  watch.start();
  await enough.promise;
  await watch.stop();
  expect(seen).toEqual(["shop", "blog", "shop"]);
});
