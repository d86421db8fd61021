import { expect, test } from "bun:test";
import { readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { CredentialStore } from "../../src/store/credential-store.ts";
import { MIGRATIONS, type Migration } from "../../src/store/migrations.ts";
import { openStore } from "../../src/store/store.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { rawDatabase, sealOf } from "./raw-database.ts";
import { refused } from "./refused.ts";
import { CREDENTIAL, STACK } from "./samples.ts";

const CURRENT = `tallyman-schema-${MIGRATIONS.length}.db`;
const LATER: Migration = {
  version: MIGRATIONS.length + 1,
  name: "later",
  sql: "ALTER TABLE setting ADD COLUMN later TEXT; UPDATE setting SET later = value;",
};
const BROKEN: Migration = { ...LATER, sql: "CREATE TABLE half (a TEXT) STRICT; UPDATE missing SET a = 1;" };

/** A store as the program of that schema left it: a stack with its credential, and a release that moved on. */
async function filledAt(root: string, version: number): Promise<void> {
  const migrations = MIGRATIONS.slice(0, version);
  await (await openStore({ root, migrations })).close();
  const database = await rawDatabase(root, migrations);
  const { name, project, repository, ref, path, files, envFiles, profiles, intervalMs, credential, createdAt } = STACK;
  const lists = [files, envFiles, profiles].map((list) => JSON.stringify(list));
  await database.write(
    {
      sql: `INSERT INTO stack (name, project, repository, ref, path, files, env_files, profiles, interval_ms, credential,
        created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      values: [name, project, repository, ref, path, ...lists, intervalMs, credential, createdAt],
    },
    {
      sql: `INSERT INTO deployment (stack_id, commit_id, message, author, committed_at, trigger, cause, settings_digest,
        status, started_at, finished_at, image_digests) VALUES (1, 'a1', 'change a1', 'Ada', 'then', 'commit', 'new commit',
        'settings-1', 'healthy', '2026-11-21T08:00:00Z', '2026-11-21T09:00:00Z', '{"nginx":"sha256:1"}')`,
    },
  );
  if (version >= 2) await database.write({ sql: MOVED_ON });
  await new CredentialStore(database, sealOf(root)).set("shop", CREDENTIAL);
  await database.close();
}

const MOVED_ON = `UPDATE deployment SET advanced_commit_id = 'b2', advanced_message = 'change b2', advanced_author = 'Ada',
  advanced_settings_digest = 'settings-1'`;

async function filledWith(root: string, migrations: readonly Migration[]): Promise<void> {
  const store = await openStore({ root, migrations });
  await store.stacks.add(STACK);
  await store.credentials.set("shop", CREDENTIAL);
  await store.settings.set("theme", "dark");
  await store.close();
}

test("versions count from one without gaps", () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, at) => at + 1));
});

test.each([1, 2])("a populated database of schema %d is brought up to date with everything in it", async (version) => {
  using directory = temporaryDirectory("store");
  await filledAt(directory.path, version);
  const said: string[] = [];
  const store = await openStore({ root: directory.path, log: (_level, message) => said.push(message) });
  expect(said).toEqual(["database brought up to date"]);
  expect(readdirSync(join(directory.path, "system/backups"))).toEqual([`tallyman-schema-${version}.db`]);
  expect(await store.stacks.list()).toEqual([STACK]);
  expect(await store.credentials.credentialOf("shop")).toEqual(CREDENTIAL);
  expect(await store.history.list("shop", 9)).toMatchObject([{ id: "1", commit: "a1", failureAction: null }]);
  expect(await store.history.releases("shop", 9)).toMatchObject([
    { deploymentId: "1", commit: version >= 2 ? "b2" : "a1", repoDigests: {}, inputDigest: null },
  ]);
  expect(await store.history.releasedProject("1")).toBeNull();
  expect(await store.holds.holdsOf("shop")).toEqual([]);
  await store.stacks.update({ ...STACK, drift: "report" });
  expect(await store.stacks.get("shop")).toEqual({ ...STACK, drift: "report" });
  await store.close();
});

test("the copy made before a migration is private and is a whole store of the older schema", async () => {
  using directory = temporaryDirectory("store");
  using older = temporaryDirectory("store");
  await filledWith(directory.path, MIGRATIONS);
  await (await openStore({ root: directory.path, migrations: [...MIGRATIONS, LATER] })).close();
  const backups = join(directory.path, "system/backups");
  expect(readdirSync(backups)).toEqual([CURRENT]);
  expect(statSync(join(backups, CURRENT)).mode & 0o777).toBe(0o600);
  await (await openStore({ root: older.path })).close();
  renameSync(join(backups, CURRENT), join(older.path, "system/tallyman.db"));
  renameSync(join(directory.path, "system/db.key"), join(older.path, "system/db.key"));
  const store = await openStore({ root: older.path });
  expect(await store.credentials.credentialOf("shop")).toEqual(CREDENTIAL);
  await store.close();
});

test("a first start and an up-to-date database need no copy", async () => {
  using directory = temporaryDirectory("store");
  await filledWith(directory.path, MIGRATIONS);
  await (await openStore({ root: directory.path })).close();
  expect(readdirSync(join(directory.path, "system"))).not.toContain("backups");
});

test("a migration that fails leaves the schema before it, and the next start tries again", async () => {
  using directory = temporaryDirectory("store");
  await filledWith(directory.path, MIGRATIONS);
  for (let attempt = 0; attempt < 2; attempt++) {
    const refusal = await refused(openStore({ root: directory.path, migrations: [...MIGRATIONS, BROKEN] }));
    expect(refusal.message).toContain("no such table: missing");
  }
  const store = await openStore({ root: directory.path, migrations: [...MIGRATIONS, LATER] });
  expect(await store.settings.get("theme")).toBe("dark");
  await store.close();
});
