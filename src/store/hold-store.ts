import { TallymanError } from "../error.ts";
import type { Hold, HoldBook } from "../stack.ts";
import type { Database, Sql } from "./database.ts";
import type { Row } from "./database-protocol.ts";
import { deploymentNumber } from "./deployment-row.ts";
import { integerOrNull, text, textOrNull } from "./row.ts";
import { knownStackId, OF_STACK } from "./stack-store.ts";

/** Why stacks are not reconciled as their repositories say. */
export class HoldStore implements HoldBook {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async holdsOf(stack: string): Promise<readonly Hold[]> {
    const rows = await this.#database.query(`SELECT * FROM hold WHERE ${OF_STACK} ORDER BY kind`, stack);
    return rows.map((row) => {
      const deployment = integerOrNull(row, "deployment_id");
      return {
        kind: text(row, "kind") as Hold["kind"],
        by: text(row, "placed_by"),
        why: text(row, "why"),
        at: text(row, "at"),
        deploymentId: deployment === null ? null : String(deployment),
        ...revisionIn(row),
      };
    });
  }

  /** Throws NotFound for an unknown stack, and for a pin on what is no release of it. */
  async place(stack: string, { kind, by, why, at, deploymentId, revision }: Hold): Promise<void> {
    await this.#database.inTurn(async (sql) => {
      const id = await knownStackId(sql, stack);
      const release = kind === "pinned" && !revision ? await knownRelease(sql, id, deploymentId) : null;
      await sql.write({
        sql: `INSERT OR REPLACE INTO hold (stack_id, kind, placed_by, why, at, deployment_id, commit_id, ref)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        values: [id, kind, by, why, at, release, revision?.commit ?? null, revision?.ref ?? null],
      });
    });
  }

  async lift(stack: string, kind: Hold["kind"]): Promise<void> {
    await this.#database.write({ sql: `DELETE FROM hold WHERE ${OF_STACK} AND kind = ?`, values: [stack, kind] });
  }
}

function revisionIn(row: Row): Pick<Hold, "revision"> {
  const commit = textOrNull(row, "commit_id");
  return commit === null ? {} : { revision: { commit, ref: text(row, "ref") } };
}

async function knownRelease(sql: Pick<Sql, "query">, stack: number, deploymentId: string | null): Promise<number> {
  const id = deploymentNumber(deploymentId ?? "");
  const released = "SELECT id FROM deployment WHERE id = ? AND stack_id = ? AND status = 'healthy'";
  if ((await sql.query(released, id, stack)).length > 0) return id;
  throw new TallymanError("NotFound", `deployment ${deploymentId ?? "none"} is no release that this stack could run`, {
    hint: "`tallyman history STACK` shows the ids; choose a healthy one.",
  });
}
