import { join } from "node:path";
import { Database } from "../../src/store/database.ts";
import { databaseKey, derivedKey, masterKey } from "../../src/store/key-file.ts";
import { MIGRATIONS } from "../../src/store/migrations.ts";
import { Seal } from "../../src/store/seal.ts";

function master(root: string): Uint8Array {
  return masterKey({ path: join(root, "system/db.key"), databaseExists: true, log: () => undefined });
}

/** The closed store's file, to look behind its back, or to fill it as an older program did. Ends with `close()`. */
export async function rawDatabase(root: string, migrations = MIGRATIONS): Promise<Database> {
  const system = join(root, "system");
  return await Database.open({
    path: join(system, "tallyman.db"),
    key: databaseKey(master(root)),
    addonDirectory: join(system, "native"),
    backupDirectory: join(system, "backups"),
    migrations,
    now: "2026-11-21T10:00:00Z",
  });
}

/** As the store itself seals. */
export function sealOf(root: string): Seal {
  return new Seal(derivedKey(master(root), "seal", 32));
}
