import { describe, expect, test } from "bun:test";
import type { Release } from "../../src/deployment.ts";
import type { History } from "../../src/history.ts";
import { MemoryHistory } from "../support/memory-history.ts";
import { attemptAt, FAILED, HEALTHY, STACK } from "./samples.ts";
import { temporaryStore } from "./temporary-store.ts";

interface Kind {
  readonly name: string;
  readonly open: () => Promise<AsyncDisposable & { readonly history: History }>;
}

const KINDS: readonly Kind[] = [
  {
    name: "in memory, as the flow tests use it",
    open: async () => ({ history: new MemoryHistory(), [Symbol.asyncDispose]: async () => undefined }),
  },
  {
    name: "in the store",
    open: async () => {
      const rig = await temporaryStore();
      await rig.store.stacks.add(STACK);
      return { history: rig.store.history, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
    },
  },
];

// What the flow relies on holds for the fake as for the real one.
describe.each(KINDS)("a history $name", ({ open }) => {
  test("makes one entry of an attempt that was interrupted twice", async () => {
    await using rig = await open();
    const { id } = await rig.history.begin(attemptAt("a1"));
    await rig.history.finish(id, { status: "interrupted", reason: "stopped" });
    expect((await rig.history.begin(attemptAt("a1"))).id).toBe(id);
    expect(await rig.history.markInterrupted()).toMatchObject([{ id, class: "interrupted", interruptions: 2 }]);
    expect(await rig.history.begin(attemptAt("a1"))).toMatchObject({
      id,
      status: "applying",
      class: null,
      reason: null,
    });
    await rig.history.finish(id, HEALTHY);
    expect(await rig.history.list("shop", 9)).toMatchObject([{ id, status: "healthy", interruptions: 2 }]);
  });

  test("takes up an attempt whose end could not be recorded, and calls it interrupted when another one begins", async () => {
    await using rig = await open();
    const { id } = await rig.history.begin(attemptAt("a1"));
    expect(await rig.history.begin(attemptAt("a1"))).toMatchObject({ id, status: "applying", interruptions: 1 });
    await rig.history.begin(attemptAt("b2"));
    expect(await rig.history.list("shop", 9)).toMatchObject([
      { commit: "b2", status: "applying" },
      { id, commit: "a1", status: "interrupted", class: "interrupted", reason: "its end could not be recorded" },
    ]);
  });

  test("makes a new entry for other settings, a failed attempt and a healthy one", async () => {
    await using rig = await open();
    await rig.history.finish((await rig.history.begin(attemptAt("a1"))).id, FAILED);
    await rig.history.finish((await rig.history.begin(attemptAt("a1"))).id, HEALTHY);
    await rig.history.finish((await rig.history.begin(attemptAt("a1"))).id, {
      status: "interrupted",
      reason: "stopped",
    });
    await rig.history.begin(attemptAt("a1", { settingsDigest: "settings-2" }));
    expect((await rig.history.list("shop", 9)).map(({ id, status }) => `${id} ${status}`)).toEqual([
      "4 applying",
      "3 interrupted",
      "2 healthy",
      "1 failed",
    ]);
  });

  test("tells outlines: the same attempts without what is long", async () => {
    await using rig = await open();
    const { id } = await rig.history.begin(attemptAt("a1"));
    const operation = { resource: "service:web:1", cause: "service added", startedMs: 1, durationMs: 2 } as const;
    await rig.history.recordOperations(id, [{ kind: "create-container", status: "done", ...operation }]);
    const evidence = { exitCodes: [1], healthLog: [], logTail: ["no"] };
    await rig.history.finish(id, {
      ...FAILED,
      verdicts: [{ service: "web", verdict: "unhealthy", summary: "exited", evidence }],
    });
    const [whole] = await rig.history.list("shop", 9);
    expect([whole?.operations.length, whole?.verdicts.length]).toEqual([1, 1]);
    expect(await rig.history.outline("shop", 9)).toEqual(whole ? [{ ...whole, operations: [], verdicts: [] }] : []);
  });

  test("knows the last healthy release, and moves its commit on until the next one", async () => {
    await using rig = await open();
    expect(await rig.history.lastRelease("shop")).toBeNull();
    await rig.history.finish((await rig.history.begin(attemptAt("a1"))).id, HEALTHY);
    await rig.history.finish((await rig.history.begin(attemptAt("b2"))).id, FAILED);
    expect(await rig.history.lastRelease("shop")).toMatchObject({ deploymentId: "1", commit: "a1" });
    await rig.history.advance("shop", attemptAt("c3").commit, "settings-1");
    expect(await rig.history.lastRelease("shop")).toMatchObject({
      deploymentId: "1",
      commit: "c3",
      message: "change c3",
    });
    await rig.history.finish((await rig.history.begin(attemptAt("d4"))).id, HEALTHY);
    expect(await rig.history.lastRelease("shop")).toMatchObject({ deploymentId: "3", commit: "d4" });
  });

  test("tells releases newest first, each with the commit that it moved on to", async () => {
    await using rig = await open();
    await released(rig.history, "a1");
    await rig.history.advance("shop", attemptAt("b2").commit, "settings-1");
    await rig.history.finish((await rig.history.begin(attemptAt("c3"))).id, FAILED);
    await released(rig.history, "d4");
    expect((await rig.history.releases("shop", 9)).map(shown)).toEqual(["3 d4", "1 b2"]);
    expect((await rig.history.releases("shop", 1)).map(shown)).toEqual(["3 d4"]);
    expect(await rig.history.releases("blog", 9)).toEqual([]);
  });

  test("keeps what a release needs for its way back", async () => {
    await using rig = await open();
    const id = await released(rig.history, "a1");
    const failed = await rig.history.begin(attemptAt("b2"));
    await rig.history.finish(failed.id, FAILED);
    const { imageDigests, repoDigests, inputDigest } = HEALTHY;
    expect(await rig.history.lastRelease("shop")).toMatchObject({ imageDigests, repoDigests, inputDigest });
    expect(await rig.history.releasedProject(id)).toEqual(HEALTHY.project);
    expect(await rig.history.releasedProject(failed.id)).toBeNull();
    expect(await rig.history.releasedProject("99")).toBeNull();
  });

  test("tells what was done about a failure, and nothing of it when the attempt ends otherwise", async () => {
    await using rig = await open();
    const { id } = await rig.history.begin(attemptAt("a1"));
    expect(await rig.history.finish(id, FAILED)).toMatchObject({ class: "unhealthy", failureAction: "rollback" });
    const next = await rig.history.begin(attemptAt("b2"));
    expect(await rig.history.finish(next.id, HEALTHY)).toMatchObject({ class: null, failureAction: null, hint: null });
  });

  test("forgets what is old, but neither the last release nor an id", async () => {
    await using rig = await open();
    const forgotten = await released(rig.history, "a1");
    await released(rig.history, "b2");
    for (const commit of ["c3", "d4", "e5"])
      await rig.history.finish((await rig.history.begin(attemptAt(commit))).id, FAILED);
    await rig.history.forgetOld("shop", 2);
    expect((await rig.history.list("shop", 9)).map(({ id }) => id)).toEqual(["5", "4", "2"]);
    expect(await rig.history.lastRelease("shop")).toMatchObject({ deploymentId: "2", commit: "b2" });
    expect(await rig.history.releasedProject(forgotten)).toBeNull();
    await rig.history.forgetOld("shop", 2);
    await rig.history.forgetOld("blog", 0);
    expect((await rig.history.list("shop", 9)).map(({ id }) => id)).toEqual(["5", "4", "2"]);
    expect((await rig.history.begin(attemptAt("f6"))).id).toBe("6");
    await rig.history.forgetOld("shop", 0);
    expect((await rig.history.list("shop", 9)).map(({ id }) => id)).toEqual(["6", "2"]);
  });
});

async function released(history: History, commit: string): Promise<string> {
  const { id } = await history.begin(attemptAt(commit));
  await history.finish(id, HEALTHY);
  return id;
}

function shown({ deploymentId, commit }: Release): string {
  return `${deploymentId} ${commit}`;
}
