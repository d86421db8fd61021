import { describe, expect, test } from "bun:test";
import { createClient } from "@libsql/client/sqlite3";
import type { RecordedOperation, ServiceVerdict } from "../../src/deployment.ts";
import { FORGET_OLD, LIST_DEPLOYMENTS, LIST_OUTLINES, LIST_RELEASES } from "../../src/store/history-store.ts";
import { MIGRATIONS } from "../../src/store/migrations.ts";
import { MODELS_KEPT } from "../../src/store/release-model.ts";
import { openStore } from "../../src/store/store.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { rawDatabase, sealOf } from "./raw-database.ts";
import { refused } from "./refused.ts";
import { attemptAt, FAILED, HEALTHY, STACK, StandingClock } from "./samples.ts";
import { temporaryStore } from "./temporary-store.ts";

const VERDICT: ServiceVerdict = {
  service: "web",
  verdict: "healthy",
  summary: "healthy after 4 s",
  evidence: {
    exitCodes: [],
    healthLog: [{ exitCode: 0, output: "ok", at: "2026-11-21T10:00:00Z" }],
    logTail: ["ready"],
  },
};
async function history() {
  const clock = new StandingClock();
  const temporary = await temporaryStore({ now: clock.now });
  await temporary.store.stacks.add(STACK);
  return { ...temporary, clock, history: temporary.store.history };
}

describe("an attempt", () => {
  test("is recorded as applying before anything is touched", async () => {
    await using rig = await history();
    const begun = await rig.history.begin(attemptAt("a1"));
    expect(begun).toMatchObject({
      id: "1",
      stack: "shop",
      commit: "a1",
      message: "change a1",
      author: "Ada",
      status: "applying",
      startedAt: "2026-11-21T10:00:00.000Z",
      finishedAt: null,
      interruptions: 0,
    });
    expect(await rig.history.get("1")).toEqual(begun);
  });

  test("of an unknown stack is refused", async () => {
    await using rig = await history();
    expect(await refused(rig.history.begin(attemptAt("a1", { stack: "other" })))).toMatchObject({ reason: "NotFound" });
  });

  test("keeps the newest list of operations only", async () => {
    await using rig = await history();
    const { id } = await rig.history.begin(attemptAt("a1"));
    const operation: RecordedOperation = {
      kind: "pull-image",
      resource: "image:nginx",
      cause: "image is missing",
      status: "planned",
      startedMs: null,
      durationMs: null,
    };
    await rig.history.recordOperations(id, [operation, operation]);
    await rig.history.recordOperations(id, [{ ...operation, status: "done", startedMs: 3, durationMs: 40 }]);
    expect((await rig.history.get(id))?.operations).toEqual([
      { ...operation, status: "done", startedMs: 3, durationMs: 40 },
    ]);
  });

  test("that ends tells its verdicts and how long it took", async () => {
    await using rig = await history();
    const { id } = await rig.history.begin(attemptAt("a1"));
    rig.clock.advance(4_200);
    const ended = await rig.history.finish(id, { ...HEALTHY, verdicts: [VERDICT] });
    expect(ended).toMatchObject({
      status: "healthy",
      durationMs: 4_200,
      verdicts: [VERDICT],
      class: null,
      reason: null,
    });
  });

  test("that failed tells why and what to do", async () => {
    await using rig = await history();
    const { id } = await rig.history.begin(attemptAt("a1"));
    expect(await rig.history.finish(id, FAILED)).toMatchObject({
      status: "failed",
      class: "unhealthy",
      failureAction: "rollback",
      reason: "web: exited with code 1",
      hint: "Look at its log.",
    });
  });

  test("ends once", async () => {
    await using rig = await history();
    const { id } = await rig.history.begin(attemptAt("a1"));
    await rig.history.finish(id, HEALTHY);
    expect((await refused(rig.history.finish(id, FAILED))).message).toBe("deployment 1 is already healthy");
  });

  test("that took less than no time, because the clock was set back, took none", async () => {
    await using rig = await history();
    const { id } = await rig.history.begin(attemptAt("a1"));
    rig.clock.advance(-60_000);
    expect((await rig.history.finish(id, HEALTHY)).durationMs).toBe(0);
  });
});

describe("an interrupted attempt", () => {
  test("is marked at start and stays one entry when it is taken up again", async () => {
    await using rig = await history();
    const begun = await rig.history.begin(attemptAt("a1"));
    expect(await rig.history.markInterrupted()).toMatchObject([
      { id: begun.id, status: "interrupted", interruptions: 1 },
    ]);
    const resumed = await rig.history.begin(attemptAt("a1", { trigger: "start", cause: "asked again" }));
    expect(resumed).toEqual({ ...begun, interruptions: 1 });
    await rig.history.markInterrupted();
    await rig.history.begin(attemptAt("a1"));
    await rig.history.finish(begun.id, HEALTHY);
    expect(await rig.history.list("shop", 9)).toMatchObject([{ id: begun.id, status: "healthy", interruptions: 2 }]);
  });

  test("is left alone by another commit and by other settings", async () => {
    await using rig = await history();
    await rig.history.begin(attemptAt("a1"));
    await rig.history.markInterrupted();
    await rig.history.begin(attemptAt("a1", { settingsDigest: "settings-2" }));
    await rig.history.markInterrupted();
    await rig.history.begin(attemptAt("b2"));
    expect((await rig.history.list("shop", 9)).map(({ id, status }) => `${id} ${status}`)).toEqual([
      "3 applying",
      "2 interrupted",
      "1 interrupted",
    ]);
  });

  test("is not taken up again once something else was tried", async () => {
    await using rig = await history();
    await rig.history.begin(attemptAt("a1"));
    await rig.history.markInterrupted();
    await rig.history.finish((await rig.history.begin(attemptAt("b2"))).id, FAILED);
    expect((await rig.history.begin(attemptAt("a1"))).id).toBe("3");
  });

  test("of one stack does not stop another from ending", async () => {
    await using rig = await history();
    await rig.store.stacks.add({ ...STACK, name: "blog" });
    const shop = await rig.history.begin(attemptAt("a1"));
    const blog = await rig.history.begin(attemptAt("a1", { stack: "blog" }));
    await rig.history.finish(shop.id, HEALTHY);
    expect((await rig.history.markInterrupted()).map(({ id }) => id)).toEqual([blog.id]);
  });
});

describe("the last release", () => {
  test("is missing before the first healthy deployment", async () => {
    await using rig = await history();
    await rig.history.finish((await rig.history.begin(attemptAt("a1"))).id, FAILED);
    expect(await rig.history.lastRelease("shop")).toBeNull();
  });

  test("is the newest healthy one, whatever failed since", async () => {
    await using rig = await history();
    await rig.history.finish((await rig.history.begin(attemptAt("a1"))).id, HEALTHY);
    await rig.history.finish((await rig.history.begin(attemptAt("b2"))).id, HEALTHY);
    await rig.history.finish((await rig.history.begin(attemptAt("c3"))).id, FAILED);
    expect(await rig.history.lastRelease("shop")).toEqual({
      deploymentId: "2",
      commit: "b2",
      message: "change b2",
      author: "Ada",
      settingsDigest: "settings-1",
      imageDigests: { nginx: "sha256:1" },
      repoDigests: { nginx: "nginx@sha256:2" },
      inputDigest: "inputs-1",
      healthyAt: "2026-11-21T10:00:00.000Z",
    });
  });

  test("moves on with a commit that changes nothing, without a new entry", async () => {
    await using rig = await history();
    await rig.history.finish((await rig.history.begin(attemptAt("a1"))).id, HEALTHY);
    await rig.history.advance("shop", attemptAt("b2").commit, "settings-2");
    expect(await rig.history.lastRelease("shop")).toMatchObject({
      deploymentId: "1",
      commit: "b2",
      message: "change b2",
      settingsDigest: "settings-2",
      imageDigests: { nginx: "sha256:1" },
    });
    expect(await rig.history.list("shop", 9)).toMatchObject([{ commit: "a1" }]);
  });

  test("of a removed stack is not that of its namesake", async () => {
    await using rig = await history();
    await rig.history.finish((await rig.history.begin(attemptAt("a1"))).id, HEALTHY);
    await rig.store.stacks.remove("shop");
    await rig.store.stacks.add({ ...STACK, repository: "https://example.org/other.git" });
    expect(await rig.history.lastRelease("shop")).toBeNull();
    expect(await rig.history.list("shop", 9)).toEqual([]);
    expect((await rig.history.get("1"))?.stack).toBe("shop");
  });
});

test("history is newest first and cut to the limit", async () => {
  await using rig = await history();
  for (const commit of ["a1", "b2", "c3"]) {
    await rig.history.finish((await rig.history.begin(attemptAt(commit))).id, HEALTHY);
  }
  expect((await rig.history.list("shop", 2)).map(({ id }) => id)).toEqual(["3", "2"]);
});

test("an id that is no number is the id of nothing", async () => {
  await using rig = await history();
  expect(await rig.history.get("1 OR 1=1")).toBeNull();
  expect(await refused(rig.history.finish("x", HEALTHY))).toMatchObject({ reason: "NotFound" });
});

test("attempts that begin at the same moment get ids of their own", async () => {
  await using rig = await history();
  const begun = await Promise.all(["a1", "b2", "c3"].map((commit) => rig.history.begin(attemptAt(commit))));
  expect(begun.map(({ id, commit }) => `${id} ${commit}`)).toEqual(["1 a1", "2 b2", "3 c3"]);
});

describe("the model of a release", () => {
  test("is kept for the newest 20 of each stack", async () => {
    await using rig = await history();
    await rig.store.stacks.add({ ...STACK, name: "blog" });
    const release = async (commit: string, stack = "shop") => {
      const { id } = await rig.history.begin(attemptAt(commit, { stack }));
      await rig.history.finish(id, HEALTHY);
      return id;
    };
    const blog = await release("b1", "blog");
    const ids: string[] = [];
    for (let number = 0; number < MODELS_KEPT + 2; number++) ids.push(await release(`s${number}`));
    const kept = await Promise.all(ids.map((id) => rig.history.releasedProject(id)));
    expect(kept.map((project) => project !== null)).toEqual([false, false, ...Array(MODELS_KEPT).fill(true)]);
    expect(await rig.history.releasedProject(blog)).toEqual(HEALTHY.project);
    expect(await rig.history.releases("shop", 99)).toHaveLength(MODELS_KEPT + 2);
  });

  test("counts as not kept when an older Tallyman wrote it without something that is needed now", async () => {
    using directory = temporaryDirectory("store");
    const store = await openStore({ root: directory.path });
    await store.stacks.add(STACK);
    await store.history.finish((await store.history.begin(attemptAt("a1"))).id, HEALTHY);
    await store.close();
    const { hashes: _, ...older } = HEALTHY.project;
    const sealed = sealOf(directory.path).close(
      { table: "release_model", row: "1", column: "model" },
      JSON.stringify(older),
    );
    const database = await rawDatabase(directory.path);
    await database.write({ sql: "UPDATE release_model SET model = ?", values: [sealed] });
    await database.close();
    const again = await openStore({ root: directory.path });
    expect(await again.history.releasedProject("1")).toBeNull();
    await again.close();
  });

  test("is sealed for its deployment", async () => {
    using directory = temporaryDirectory("store");
    const store = await openStore({ root: directory.path });
    await store.stacks.add(STACK);
    for (const commit of ["a1", "b2"])
      await store.history.finish((await store.history.begin(attemptAt(commit))).id, HEALTHY);
    await store.close();
    const database = await rawDatabase(directory.path);
    const models = await database.query("SELECT model FROM release_model");
    expect(JSON.stringify(models)).not.toContain("PLAINTEXT-MARKER");
    await database.write({
      sql: "UPDATE release_model SET model = (SELECT model FROM release_model WHERE deployment_id = 1)",
    });
    await database.close();
    const again = await openStore({ root: directory.path });
    expect(await again.history.releasedProject("1")).toEqual(HEALTHY.project);
    const refusal = await refused(again.history.releasedProject("2"));
    expect([refusal.reason, refusal.message.includes("PLAINTEXT")]).toEqual(["StoreUnusable", false]);
    await again.close();
  });
});

describe("a long history", () => {
  test("of another stack is left alone by forgetting", async () => {
    await using rig = await history();
    await rig.store.stacks.add({ ...STACK, name: "blog" });
    for (const stack of ["shop", "blog", "shop", "blog"])
      await rig.history.finish((await rig.history.begin(attemptAt("a1", { stack }))).id, HEALTHY);
    await rig.history.forgetOld("shop", 1);
    expect((await rig.history.list("shop", 9)).map(({ id }) => id)).toEqual(["3"]);
    expect((await rig.history.list("blog", 9)).map(({ id }) => id)).toEqual(["4", "2"]);
  });

  test("is read from an index, newest first, without sorting or reading it whole", async () => {
    const database = createClient({ url: ":memory:" });
    for (const { sql } of MIGRATIONS) await database.executeMultiple(sql);
    const planOf = async (sql: string, ...args: readonly (string | number)[]) =>
      (await database.execute({ sql: `EXPLAIN QUERY PLAN ${sql}`, args: [...args] })).rows.map((row) =>
        JSON.stringify(row["detail"]),
      );
    const read = (index: string) => [
      expect.stringContaining("SEARCH stack USING"),
      expect.stringContaining(`SEARCH deployment USING INDEX ${index} (stack_id=?)`),
    ];
    for (const list of [LIST_DEPLOYMENTS, LIST_OUTLINES])
      expect(await planOf(list, "shop", 50)).toEqual(read("deployment_of_stack"));
    expect(await planOf(LIST_RELEASES, "shop", 50)).toEqual(read("deployment_released"));
    for (const step of await planOf(FORGET_OLD, 1, 1, 500, 1)) expect(step).not.toContain("SCAN deployment");
    database.close();
  });
});
