import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MIGRATIONS, type Migration } from "../../src/store/migrations.ts";
import { openStore } from "../../src/store/store.ts";
import { STACK } from "../store/samples.ts";
import { tallyman } from "../support/daemon.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { bareDaemon } from "./bare-daemon.ts";

// A root that another version of the program wrote, with the real one started on it.

const NOW = MIGRATIONS.length;
const LATER: Migration = { version: NOW + 1, name: "later", sql: "CREATE TABLE later (a TEXT) STRICT;" };

async function rootOf(migrations: readonly Migration[]) {
  const directory = temporaryDirectory("upgrade");
  const store = await openStore({ root: directory.path, migrations });
  await store.settings.set("theme", "dark");
  if (migrations.length >= NOW) await store.stacks.add(STACK);
  await store.close();
  return directory;
}

function database(root: string): Buffer {
  return readFileSync(join(root, "system/tallyman.db"));
}

test("a root from the version before is copied first, and goes on", async () => {
  using directory = await rootOf(MIGRATIONS.slice(0, -1));
  const daemon = await bareDaemon(directory.path);
  const listed = await tallyman(["stack", "list", "--json", "--root", directory.path]);
  expect([daemon.exitCode, listed.code, listed.stdout.trim()]).toEqual([null, 0, "[]"]);
  expect(daemon.said()).toContain("database brought up to date");
  expect(readdirSync(join(directory.path, "system/backups"))).toEqual([`tallyman-schema-${NOW - 1}.db`]);
  expect(await daemon.end()).toBe(0);
  const store = await openStore({ root: directory.path });
  expect(await store.settings.get("theme")).toBe("dark");
  await store.close();
}, 120_000);

test("a root from a later version is refused in words that lead on, and is left as it was", async () => {
  using directory = await rootOf([...MIGRATIONS, LATER]);
  const before = database(directory.path);
  const daemon = await bareDaemon(directory.path);
  expect(daemon.exitCode).toBe(1);
  expect(daemon.said()).toBe(
    `error: ${directory.path}/system/tallyman.db has schema ${NOW + 1}, this Tallyman knows schemas up to ${NOW}\n` +
      "hint: Start the newer Tallyman that wrote it, or put back the backup made before the upgrade.\n",
  );
  expect(database(directory.path).equals(before)).toBe(true);
  const store = await openStore({ root: directory.path, migrations: [...MIGRATIONS, LATER] });
  expect(await store.stacks.list()).toEqual([STACK]);
  await store.close();
}, 120_000);
