import { TallymanError } from "../error.ts";
import type { Database, Sql } from "./database.ts";
import { text, textOrNull } from "./row.ts";
import { insertUser, type User, userCount, userOf } from "./user-store.ts";

export interface Setup {
  /** SHA-256 of the link's token. */
  readonly tokenHash: string;
  readonly expiresAt: string;
  /** SHA-256 of what the first browser that opened it holds; null before. */
  readonly browserHash: string | null;
}

/** The one setup link. It exists only as long as there is no user. */
export class SetupStore {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor(database: Database, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  /** Replaces the link before it. Throws AlreadyExists when there is a user. */
  async issue(tokenHash: string, expiresAt: string): Promise<void> {
    await this.#database.inTurn(async (sql) => {
      await refuseWithUsers(sql);
      await sql.write({
        sql: "INSERT OR REPLACE INTO setup (id, token_hash, expires_at, browser_hash) VALUES (1, ?, ?, NULL)",
        values: [tokenHash, expiresAt],
      });
    });
  }

  async byHash(tokenHash: string): Promise<Setup | null> {
    const [row] = await this.#database.query("SELECT * FROM setup WHERE token_hash = ?", tokenHash);
    if (!row) return null;
    return {
      tokenHash: text(row, "token_hash"),
      expiresAt: text(row, "expires_at"),
      browserHash: textOrNull(row, "browser_hash"),
    };
  }

  /** Ties the link to the first browser; false when another one was faster. */
  async bindTo(tokenHash: string, browserHash: string): Promise<boolean> {
    const [rows = []] = await this.#database.write({
      sql: `UPDATE setup SET browser_hash = ? WHERE token_hash = ? AND coalesce(browser_hash, ?) = ? RETURNING id`,
      values: [browserHash, tokenHash, browserHash, browserHash],
    });
    return rows.length > 0;
  }

  /** Adds the first user and ends the link, both or neither. Throws AlreadyExists when there is a user, NotFound without such a link. */
  async consume(tokenHash: string, user: Omit<User, "id">): Promise<User> {
    return await this.#database.inTurn(async (sql) => {
      await refuseWithUsers(sql);
      if ((await sql.query("SELECT id FROM setup WHERE token_hash = ?", tokenHash)).length === 0) {
        throw new TallymanError("NotFound", "this setup link is not valid or was used", {
          hint: "Restart Tallyman on the host: it prints a new link as long as no account exists.",
        });
      }
      const [rows] = await sql.write(insertUser(user, this.#now()), { sql: "DELETE FROM setup" });
      return userOf(rows);
    });
  }
}

async function refuseWithUsers(sql: Pick<Sql, "query">): Promise<void> {
  if ((await userCount(sql)) === 0) return;
  throw new TallymanError("AlreadyExists", "Tallyman is already set up", { hint: "Log in." });
}
