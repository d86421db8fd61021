import type { Database } from "./database.ts";
import { OF_STACK } from "./stack-store.ts";

/** What people were told of each stack and when, so that one cause is one message however often it is met, across restarts too. */
export class NoticeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Whether this key was not told within the last `everyMs`; notes that it is told now. Of two askers at once one is told yes. A clock
   * that was set back does not keep it silent. Of a stack that is gone nothing is told.
   */
  async tellAgain(stack: string, key: string, now: Date, everyMs: number): Promise<boolean> {
    const due = new Date(now.getTime() - everyMs).toISOString();
    const [told = []] = await this.#database.write(
      { sql: TELL, values: [key, now.toISOString(), stack, due, now.toISOString()] },
      // What is due again anyway need not be remembered: keys would pile up while a stack fails in ever new ways.
      { sql: `DELETE FROM notice WHERE ${OF_STACK} AND key <> ? AND told_at <= ?`, values: [stack, key, due] },
    );
    return told.length > 0;
  }

  /** All is well again. Returns whether anything had been told. */
  async clear(stack: string): Promise<boolean> {
    const [cleared = []] = await this.#database.write({
      sql: `DELETE FROM notice WHERE ${OF_STACK} RETURNING key`,
      values: [stack],
    });
    return cleared.length > 0;
  }
}

const TELL = `INSERT INTO notice (stack_id, key, told_at)
  SELECT id, ?, ? FROM stack WHERE name = ? AND removed_at IS NULL
  ON CONFLICT (stack_id, key) DO UPDATE SET told_at = excluded.told_at WHERE told_at <= ? OR told_at > ?
  RETURNING key`;
