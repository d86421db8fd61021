import { describe, expect, test } from "bun:test";
import { Reconciler } from "../../src/reconcile/reconciler.ts";
import { StackPasses } from "../../src/reconcile/stack-passes.ts";
import { JumpingClock, memoryFlow, sampleStack } from "../support/flow.ts";
import { sampleProject } from "../support/sample-project.ts";

const DAY_MS = 86_400_000;

/** The wall's time can be set; the other goes on as if nothing had been. */
class WallClock extends JumpingClock {
  setMs = 0;

  override now(): Date {
    return new Date(this.time + this.setMs);
  }
}

function flow() {
  const made = memoryFlow();
  const clock = new WallClock();
  made.engine.addImage("web:1", "healthy");
  made.engine.addImage("web:2", "runs");
  made.history.now = () => clock.now();
  return { ...made, clock, parts: { ...made.parts, clock } };
}

describe.each([
  ["back", -DAY_MS],
  ["forth", DAY_MS],
])("a clock that is set a day %s", (_, jumpMs) => {
  test("in the middle of a gate neither shortens nor lengthens it, and the newest release stays the newest", async () => {
    const { parts, clock, source, engine, history } = flow();
    source.push("aaa", sampleProject({ web: {} }));
    const passes = new StackPasses(sampleStack, parts, () => null);
    const never = new AbortController().signal;
    expect(await passes.pass("poll", never, never)).toMatchObject({ outcome: "healthy" });
    source.push("bbb", sampleProject({ web: { image: "web:2" } }));
    const began = clock.monotonic();
    engine.beforePerform = ({ kind }) => {
      if (kind === "start-container") clock.setMs = jumpMs;
    };
    expect(await passes.pass("poll", never, never)).toMatchObject({ outcome: "healthy", commit: "bbb" });
    const took = clock.monotonic() - began;
    expect([took >= 10_000, took < 30_000]).toEqual([true, true]);
    expect((await history.lastRelease("shop"))?.commit).toBe("bbb");
    expect(await passes.pass("poll", never, never)).toMatchObject({ outcome: "in-sync" });
  });

  test("leaves the times between polls as they are", async () => {
    const { parts, clock, source } = flow();
    source.push("aaa", sampleProject({ web: {} }));
    const reconciler = new Reconciler(parts);
    await reconciler.start([sampleStack]);
    await reconciler.run("shop", "start");
    const [probes, at] = [source.probes, clock.monotonic()];
    clock.setMs = jumpMs;
    while (source.probes < probes + 10) await new Promise((resolve) => setImmediate(resolve));
    const perPollMs = (clock.monotonic() - at) / 10;
    await reconciler.stop();
    expect([perPollMs > sampleStack.intervalMs / 2, perPollMs < sampleStack.intervalMs * 2]).toEqual([true, true]);
  });
});

test("repairs of a time that the clock has not reached again are no reason to stop repairing", async () => {
  const { parts, clock, source, engine } = flow();
  source.push("aaa", sampleProject({ web: {} }));
  const passes = new StackPasses(sampleStack, parts, () => null);
  const never = new AbortController().signal;
  await passes.pass("poll", never, never);
  const drifts = async () => {
    engine.containers = engine.containers.map((container) => ({ ...container, state: "exited" }));
    return (await passes.pass("poll", never, never)).outcome;
  };
  for (let repair = 0; repair < 5; repair += 1) expect(await drifts()).toBe("healthy");
  expect(await drifts()).toBe("drifted");
  clock.setMs = -DAY_MS;
  expect(await drifts()).toBe("healthy");
});
