import type { Database } from "./database.ts";
import { integer, text } from "./row.ts";

export interface Session {
  readonly userId: string;
  /** SHA-256 of the token; the token itself only the browser has. */
  readonly tokenHash: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** Logged-in browsers. Whether a session still lasts is for the caller to judge, who has the clock. */
export class SessionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async create({ userId, tokenHash, createdAt, expiresAt }: Session): Promise<void> {
    await this.#database.write({
      sql: "INSERT INTO session (token_hash, user_id, created_at, expires_at) VALUES (?, CAST(? AS INTEGER), ?, ?)",
      values: [tokenHash, userId, createdAt, expiresAt],
    });
  }

  async byTokenHash(tokenHash: string): Promise<Session | null> {
    const [row] = await this.#database.query("SELECT * FROM session WHERE token_hash = ?", tokenHash);
    if (!row) return null;
    return {
      userId: String(integer(row, "user_id")),
      tokenHash: text(row, "token_hash"),
      createdAt: text(row, "created_at"),
      expiresAt: text(row, "expires_at"),
    };
  }

  async extend(tokenHash: string, expiresAt: string): Promise<void> {
    await this.#database.write({
      sql: "UPDATE session SET expires_at = ? WHERE token_hash = ?",
      values: [expiresAt, tokenHash],
    });
  }

  async remove(tokenHash: string): Promise<void> {
    await this.#database.write({ sql: "DELETE FROM session WHERE token_hash = ?", values: [tokenHash] });
  }

  /** `now` as RFC 3339 UTC. */
  async removeExpired(now: string): Promise<void> {
    await this.#database.write({ sql: "DELETE FROM session WHERE expires_at <= ?", values: [now] });
  }
}
