import { closeSync, fsyncSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "@libsql/client/sqlite3";
import { TallymanError } from "../error.ts";
import { damaged } from "./database-error.ts";
import type { OpenRequest } from "./database-protocol.ts";

/**
 * The schema that the file has; 0 for an empty file. The first read, which tells a wrong key, a lock and a damaged file.
 * Throws StoreNewer and StoreUnusable.
 */
export async function schemaVersion(client: Client, { path, migrations }: OpenRequest): Promise<number> {
  const tables = await client.execute("SELECT name FROM sqlite_master WHERE type = 'table'");
  if (tables.rows.length === 0) return 0;
  if (!tables.rows.some((row) => row["name"] === "schema_version")) throw damaged(path, "it has no schema_version");
  const result = await client.execute("SELECT max(version) AS version FROM schema_version");
  const version = Number(result.rows[0]?.["version"] ?? 0);
  const known = migrations.at(-1)?.version ?? 0;
  if (version <= known) return version;
  throw new TallymanError("StoreNewer", `${path} has schema ${version}, this Tallyman knows schemas up to ${known}`, {
    hint: "Start the newer Tallyman that wrote it, or put back the backup made before the upgrade.",
  });
}

/** Brings the schema up to date, one transaction per step; a populated file is copied first. A step that fails leaves the one before it. */
export async function migrate(client: Client, version: number, request: OpenRequest): Promise<void> {
  const missing = request.migrations.filter((migration) => migration.version > version);
  if (missing.length === 0) return;
  if (version > 0) await backUp(client, version, request.backupDirectory);
  else await client.execute(SCHEMA_VERSION_TABLE);
  for (const { version: next, name, sql } of missing) {
    const transaction = await client.transaction("write");
    try {
      await transaction.executeMultiple(sql);
      await transaction.execute({
        sql: "INSERT INTO schema_version (version, name, applied_at) VALUES (?, ?, ?)",
        args: [next, name, request.now],
      });
      await transaction.commit();
    } finally {
      transaction.close();
    }
  }
}

const SCHEMA_VERSION_TABLE =
  "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT";

/** A whole copy, encrypted with the same key: `backups/tallyman-schema-1.db`. */
async function backUp(client: Client, version: number, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `tallyman-schema-${version}.db`);
  rmSync(path, { force: true });
  // VACUUM INTO takes an empty file as it is, and so ours is never readable by others.
  closeSync(openSync(path, "wx", 0o600));
  await client.execute({ sql: "VACUUM INTO ?", args: [path] });
  for (const written of [path, directory]) synced(written);
}

/** A power cut right after the migration must not take the copy. */
function synced(path: string): void {
  const file = openSync(path, "r");
  fsyncSync(file);
  closeSync(file);
}
