import { expect, test } from "bun:test";
import type { EngineChange } from "../../src/engine.ts";
import { TallymanError } from "../../src/error.ts";
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
  const onChange = (project: string): void => {
    seen.push(project);
    if (seen.length === 3) enough.resolve();
  };
  const watch = new EngineWatch(parts, { onChange, onReturn: () => undefined });
  watch.start();
  await enough.promise;
  await watch.stop();
  expect(seen).toEqual(["shop", "blog", "shop"]);
});

test("that the Engine tells again is told after a break, and not of the first time", async () => {
  const { parts, engine } = memoryFlow();
  const story: string[] = [];
  const enough = Promise.withResolvers<void>();
  let connections = 0;
  engine.changes = async function* () {
    connections += 1;
    story.push(`connection ${connections}`);
    if (connections === 2) throw new TallymanError("EngineUnreachable", "still away");
    yield { type: "listening" };
    if (connections === 3) await enough.promise;
  };
  const onReturn = (): void => {
    story.push("it is back");
    enough.resolve();
  };
  const watch = new EngineWatch(parts, { onChange: () => undefined, onReturn });
  watch.start();
  await enough.promise;
  await watch.stop();
  expect(story).toEqual(["connection 1", "connection 2", "connection 3", "it is back"]);
});
