import type { Database } from "./database.ts";
import { text } from "./row.ts";

/** Single values by key. */
export class SettingStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async get(key: string): Promise<string | null> {
    const [row] = await this.#database.query("SELECT value FROM setting WHERE key = ?", key);
    return row ? text(row, "value") : null;
  }

  async set(key: string, value: string): Promise<void> {
    await this.#database.write({
      sql: "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)",
      values: [key, value],
    });
  }

  /** What is there, or else `value`, which is then kept: for what is made once and stays. */
  async keep(key: string, value: string): Promise<string> {
    await this.#database.write({
      sql: "INSERT OR IGNORE INTO setting (key, value) VALUES (?, ?)",
      values: [key, value],
    });
    return (await this.get(key)) ?? value;
  }
}
