import { describe, expect, test } from "bun:test";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { Database } from "../../src/store/database.ts";
import { MIGRATIONS } from "../../src/store/migrations.ts";
import { MODELS_KEPT } from "../../src/store/release-model.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";
import { rawDatabase } from "./raw-database.ts";
import { refused } from "./refused.ts";
import { attemptAt, HEALTHY, STACK } from "./samples.ts";

const ROUNDS = 8;

/** Lets a writer acknowledge some deployments, kills it in the middle of the next, and returns the last acknowledged number. */
async function killedWriter(root: string, first: number, acknowledge: number): Promise<number> {
  const writer = Bun.spawn(["bun", join(import.meta.dirname, "writer.ts"), root, String(first)], { stdout: "pipe" });
  const decoder = new TextDecoder();
  let said = "";
  for await (const chunk of writer.stdout) {
    said += decoder.decode(chunk, { stream: true });
    if (said.split("done ").length > acknowledge) writer.kill("SIGKILL");
  }
  await writer.exited;
  return Number(/done (\d+)\n(?!.*done)/s.exec(said)?.[1] ?? first - 1);
}

describe("kill -9 of a writer", () => {
  test(`${ROUNDS} times over: the next start opens, has every acknowledged deployment, and one entry for each`, async () => {
    using directory = temporaryDirectory("store");
    const root = directory.path;
    const made = await openStore({ root });
    await made.stacks.add(STACK);
    await made.close();
    let next = 1;
    for (let round = 1; round <= ROUNDS; round++) {
      const acknowledged = await killedWriter(root, next, round * 3);
      const store = await openStore({ root });
      const history = await store.history.list("shop", 10_000);
      expect(Number(await store.settings.get("last"))).toBeGreaterThanOrEqual(acknowledged);
      for (let number = 1; number <= acknowledged; number++) {
        const entries = history.filter(({ commit }) => commit === `commit-${number}`);
        expect(entries.map(({ status }) => status)).toEqual(["healthy"]);
      }
      expect(history.filter(({ status }) => status === "applying").length).toBeLessThanOrEqual(1);
      await expectWhole(store, acknowledged);
      next = acknowledged + 1;
      await finishOpen(store.history, next);
      if ((await store.history.list("shop", 1))[0]?.commit === `commit-${next}`) next++;
      await store.close();
    }
  }, 60_000);

  /** What was acknowledged is there, and nothing is half there: a release without its model, or a pin on what is no release. */
  async function expectWhole(store: Store, acknowledged: number): Promise<void> {
    for (const { deploymentId } of await store.history.releases("shop", MODELS_KEPT))
      expect(await store.history.releasedProject(deploymentId)).toEqual(HEALTHY.project);
    const [pin] = await store.holds.holdsOf("shop");
    expect(await store.history.get(pin?.deploymentId ?? "")).toMatchObject({ status: "healthy" });
    const [kept] = await store.kept.keptOf("shop");
    const last = (await store.variables.variablesOf("shop")).values["LAST"];
    const login = await store.registryLogins.loginFor("ghcr.io");
    for (const number of [pin?.why, last, login?.secret, kept?.configHash])
      expect(Number(number)).toBeGreaterThanOrEqual(acknowledged);
    expect(await store.notices.clear("shop")).toBe(true);
  }

  async function finishOpen(history: Awaited<ReturnType<typeof openStore>>["history"], number: number): Promise<void> {
    const [cut] = await history.markInterrupted();
    if (!cut) return;
    const resumed = await history.begin(attemptAt(`commit-${number}`));
    expect([resumed.id, resumed.interruptions]).toEqual([cut.id, 1]);
    await history.finish(resumed.id, HEALTHY);
  }
});

test("kill -9 in the middle of a migration leaves the schema before it, whole", async () => {
  using directory = temporaryDirectory("store");
  const root = directory.path;
  const made = await openStore({ root });
  await made.stacks.add(STACK);
  await made.close();
  const migrator = Bun.spawn(["bun", join(import.meta.dirname, "migrator.ts"), root]);
  try {
    const journal = join(root, "system/tallyman.db-wal");
    await until("the migration writes", () => existsSync(journal) && statSync(journal).size > 4_000_000, 60_000, 5);
  } finally {
    migrator.kill("SIGKILL");
    await migrator.exited;
  }
  const store = await openStore({ root });
  expect(await store.stacks.list()).toEqual([STACK]);
  await store.close();
  const database = await rawDatabase(root);
  expect(await database.query("SELECT name FROM sqlite_master WHERE name = 'half'")).toEqual([]);
  expect(await database.query("SELECT max(version) AS version FROM schema_version")).toEqual([
    { version: MIGRATIONS.length },
  ]);
  await database.close();
}, 60_000);

test("the end of the database's thread is said to those who wait and to those who come later", async () => {
  using directory = temporaryDirectory("store");
  const request = {
    path: join(directory.path, "x.db"),
    key: "k".repeat(32),
    addonDirectory: directory.path,
    backupDirectory: directory.path,
    migrations: [],
    now: "2026-11-21T10:00:00Z",
  };
  const database = await Database.open(request, new URL("./dying-thread.ts", import.meta.url).href);
  const waiting = await Promise.all([refused(database.query("SELECT 1")), refused(database.query("SELECT 2"))]);
  for (const refusal of [...waiting, await refused(database.write({ sql: "DELETE FROM stack" }))]) {
    expect(refusal.reason).toBe("StoreUnusable");
    expect(refusal.message).toContain("the database is no longer open");
  }
  await database.close();
});
