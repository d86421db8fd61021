import type { KeptContainer, KeptContainers } from "../kept-container.ts";
import type { Database } from "./database.ts";
import { json, text, textOrNull } from "./row.ts";
import { knownStackId, OF_STACK } from "./stack-store.ts";

/** What the labels of a stack's containers cannot tell. */
export class KeptContainerStore implements KeptContainers {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async keptOf(stack: string): Promise<readonly KeptContainer[]> {
    const rows = await this.#database.query(
      `SELECT * FROM kept_container WHERE ${OF_STACK} ORDER BY container_id`,
      stack,
    );
    return rows.map((row) => ({
      containerId: text(row, "container_id"),
      configHash: textOrNull(row, "config_hash"),
      contents: row["contents"] === null ? null : json<Readonly<Record<string, string>>>(row, "contents"),
      tolerated: json<readonly string[]>(row, "tolerated"),
    }));
  }

  /** Replaces what was kept of that container. Throws NotFound for an unknown stack. */
  async keep(stack: string, { containerId, configHash, contents, tolerated }: KeptContainer): Promise<void> {
    await this.#database.inTurn(async (sql) => {
      const id = await knownStackId(sql, stack);
      await sql.write({
        sql: `INSERT OR REPLACE INTO kept_container (stack_id, container_id, config_hash, contents, tolerated)
          VALUES (?, ?, ?, ?, ?)`,
        values: [id, containerId, configHash, contents && JSON.stringify(contents), JSON.stringify(tolerated)],
      });
    });
  }

  async keepOnly(stack: string, containerIds: readonly string[]): Promise<void> {
    await this.#database.write({
      sql: `DELETE FROM kept_container WHERE ${OF_STACK} AND container_id NOT IN (SELECT value FROM json_each(?))`,
      values: [stack, JSON.stringify(containerIds)],
    });
  }
}
