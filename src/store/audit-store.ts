import type { Database } from "./database.ts";
import { text } from "./row.ts";

export interface AuditEntry {
  readonly who: string;
  /** Address that the request came from. */
  readonly from: string;
  readonly what: string;
  readonly subject: string;
}

/** Who changed what; only ever appended to. */
export class AuditStore {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor(database: Database, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  async add({ who, from, what, subject }: AuditEntry): Promise<void> {
    await this.#database.write({
      sql: "INSERT INTO audit (at, who, origin, what, subject) VALUES (?, ?, ?, ?, ?)",
      values: [this.#now().toISOString(), who, from, what, subject],
    });
  }

  /** Newest first. */
  async list(limit: number): Promise<readonly (AuditEntry & { readonly at: string })[]> {
    const rows = await this.#database.query("SELECT * FROM audit ORDER BY id DESC LIMIT ?", limit);
    return rows.map((row) => ({
      at: text(row, "at"),
      who: text(row, "who"),
      from: text(row, "origin"),
      what: text(row, "what"),
      subject: text(row, "subject"),
    }));
  }
}
