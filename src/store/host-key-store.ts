import type { HostKey, HostKeyBook } from "../credential.ts";
import { TallymanError } from "../error.ts";
import type { Database } from "./database.ts";
import type { Row } from "./database-protocol.ts";
import { text } from "./row.ts";

/** Pinned SSH host keys, one per host and key type. */
export class HostKeyStore implements HostKeyBook {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async keysOf(host: string): Promise<readonly HostKey[]> {
    return (await this.#database.query("SELECT * FROM host_key WHERE host = ? ORDER BY type", host)).map(hostKeyOf);
  }

  async list(): Promise<readonly HostKey[]> {
    return (await this.#database.query("SELECT * FROM host_key ORDER BY host, type")).map(hostKeyOf);
  }

  /** Pinning the same key again changes nothing. Throws HostKeyChanged for another key of that type: a pin is never replaced silently. */
  async pin(key: HostKey): Promise<void> {
    await this.#database.inTurn(async (sql) => {
      const [row] = await sql.query("SELECT * FROM host_key WHERE host = ? AND type = ?", key.host, key.type);
      if (row && text(row, "key") !== key.key) throw alreadyPinned(hostKeyOf(row));
      if (row) return;
      await sql.write({
        sql: "INSERT INTO host_key (host, type, key, fingerprint, added_by, added_at) VALUES (?, ?, ?, ?, ?, ?)",
        values: [key.host, key.type, key.key, key.fingerprint, key.addedBy, key.addedAt],
      });
    });
  }

  async forget(host: string): Promise<void> {
    await this.#database.write({ sql: "DELETE FROM host_key WHERE host = ?", values: [host] });
  }
}

function alreadyPinned({ host, type, fingerprint }: HostKey): TallymanError {
  return new TallymanError("HostKeyChanged", `${host} is pinned with another ${type} key, ${fingerprint}`, {
    hint: `If the server really has a new key: tallyman host-key forget ${host}, then accept the new one.`,
  });
}

function hostKeyOf(row: Row): HostKey {
  return {
    host: text(row, "host"),
    type: text(row, "type"),
    key: text(row, "key"),
    fingerprint: text(row, "fingerprint"),
    addedBy: text(row, "added_by"),
    addedAt: text(row, "added_at"),
  };
}
