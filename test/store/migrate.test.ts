import { expect, test } from "bun:test";
import { readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { MIGRATIONS, type Migration } from "../../src/store/migrations.ts";
import { openStore } from "../../src/store/store.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { refused } from "./refused.ts";
import { CREDENTIAL, STACK } from "./samples.ts";

const [FOUNDATION] = MIGRATIONS;
const LATER: Migration = {
  version: MIGRATIONS.length + 1,
  name: "later",
  sql: "ALTER TABLE setting ADD COLUMN later TEXT; UPDATE setting SET later = value;",
};
const BROKEN: Migration = { ...LATER, sql: "CREATE TABLE half (a TEXT) STRICT; UPDATE missing SET a = 1;" };

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

test("a populated database of the first schema is brought up to date with everything in it", async () => {
  using directory = temporaryDirectory("store");
  await filledWith(directory.path, FOUNDATION ? [FOUNDATION] : []);
  const said: string[] = [];
  const store = await openStore({ root: directory.path, log: (_level, message) => said.push(message) });
  expect(said).toEqual(["database brought up to date"]);
  expect(await store.stacks.list()).toEqual([STACK]);
  expect(await store.credentials.credentialOf("shop")).toEqual(CREDENTIAL);
  expect(await store.history.lastRelease("shop")).toBeNull();
  await store.close();
});

test("the copy made before a migration is private and is a whole store of the older schema", async () => {
  using directory = temporaryDirectory("store");
  using older = temporaryDirectory("store");
  await filledWith(directory.path, MIGRATIONS);
  await (await openStore({ root: directory.path, migrations: [...MIGRATIONS, LATER] })).close();
  const backups = join(directory.path, "system/backups");
  expect(readdirSync(backups)).toEqual(["tallyman-schema-2.db"]);
  expect(statSync(join(backups, "tallyman-schema-2.db")).mode & 0o777).toBe(0o600);
  await (await openStore({ root: older.path })).close();
  renameSync(join(backups, "tallyman-schema-2.db"), join(older.path, "system/tallyman.db"));
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
