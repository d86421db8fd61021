import { describe, expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { Lane } from "../../src/reconcile/lane.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";
import { sampleProject } from "../support/sample-project.ts";

function flow() {
  const made = memoryFlow();
  made.engine.addImage("web:1", "healthy");
  return made;
}

const good = sampleProject({ web: {} });

describe("a lane", () => {
  test("asks the remote at every poll and touches nothing while the answer is the same", async () => {
    const { parts, source, engine } = flow();
    source.push("aaa", good);
    const lane = new Lane(sampleStack, parts);
    lane.start();
    expect(await lane.run("poll")).toMatchObject({ outcome: "in-sync" });
    const before = { performed: engine.performed.length, checkouts: source.checkouts };
    const probes = source.probes;
    for (let poll = 0; poll < 10; poll += 1) expect(await lane.run("poll")).toMatchObject({ outcome: "in-sync" });
    await lane.stop();
    expect(source.probes).toBeGreaterThanOrEqual(probes + 10);
    expect({ performed: engine.performed.length, checkouts: source.checkouts }).toEqual(before);
  });

  test("tells why the remote cannot be asked, and recovers by itself", async () => {
    const { parts, source } = flow();
    source.push("aaa", good);
    source.headError = new TallymanError("GitUnreachable", "forge.example does not answer");
    const lane = new Lane(sampleStack, parts);
    lane.start();
    expect(await lane.run("poll")).toMatchObject({ outcome: "failed" });
    expect(lane.view()).toMatchObject({ lastGoodPollAt: null, trouble: { reason: "GitUnreachable" } });
    source.headError = null;
    expect(await lane.run("poll")).toMatchObject({ outcome: "healthy" });
    expect(lane.view().trouble).toBeNull();
    await lane.stop();
  });

  test("polls in time though something happens to its containers all the while", async () => {
    const { parts, source, clock } = flow();
    source.push("aaa", good);
    const lane = new Lane(sampleStack, parts);
    lane.start();
    await lane.run("poll");
    const [began, before] = [clock.time, source.probes];
    while (clock.time - began < 20 * sampleStack.intervalMs) {
      await clock.sleep(7_000, new AbortController().signal);
      await lane.run("drift");
    }
    await lane.stop();
    expect(source.probes - before).toBeGreaterThanOrEqual(18);
  });

  test("tries what failed again in its own time, whatever happens to its containers", async () => {
    const { parts, source, engine, clock, history } = flow();
    source.push("aaa", good);
    engine.beforePerform = () => {
      throw new TallymanError("EngineFailed", "iptables failed");
    };
    const lane = new Lane(sampleStack, parts);
    lane.start();
    const began = clock.time;
    while (clock.time - began < 70_000) {
      await clock.sleep(1_000, new AbortController().signal);
      await lane.run("drift");
    }
    await lane.stop();
    // At once, and after 10, 20 and 40 seconds.
    expect(history.rows.map(({ status, class: failure }) => `${status} ${failure}`)).toEqual(
      Array(4).fill("failed transient"),
    );
  });

  test("goes on at once when the Engine that was away tells of something", async () => {
    const { parts, source, engine, clock } = flow();
    source.push("aaa", good);
    const observe = engine.observe.bind(engine);
    engine.observe = () => Promise.reject(new TallymanError("EngineUnreachable", "away"));
    const lane = new Lane(sampleStack, parts);
    lane.start();
    expect(await lane.run("poll")).toMatchObject({ outcome: "failed" });
    engine.observe = observe;
    const began = clock.time;
    expect(await lane.run("drift")).toMatchObject({ outcome: "healthy" });
    expect(clock.time - began).toBeLessThan(10_000);
    await lane.stop();
  });

  test("answers everybody who still waits when it ends", async () => {
    const { parts, source } = flow();
    source.push("aaa", good);
    const lane = new Lane(sampleStack, parts);
    lane.start();
    await lane.stop();
    expect(await lane.run("poll")).toMatchObject({ outcome: "interrupted" });
  });
});
