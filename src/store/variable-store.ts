import { createHmac } from "node:crypto";
import type { VariableEntry, Variables, VariableVault } from "../variable.ts";
import type { Database, Sql } from "./database.ts";
import type { Row } from "./database-protocol.ts";
import { integer, integerOrNull, text, textOrNull } from "./row.ts";
import type { Place, Seal } from "./seal.ts";
import { knownStackId, stackId } from "./stack-store.ts";
import { checkVariable } from "./variable-check.ts";

export interface VariableChange {
  /** A secret's value is never shown again. */
  readonly secret: boolean;
  readonly by: string;
}

/** Variables per stack, and shared ones (stack null) that every stack sees. Every value is sealed and bound to its stack and name. */
export class VariableStore implements VariableVault {
  readonly #database: Database;
  readonly #seal: Seal;
  readonly #digestKey: Uint8Array;
  readonly #now: () => Date;

  constructor(database: Database, seal: Seal, digestKey: Uint8Array, now: () => Date) {
    this.#database = database;
    this.#seal = seal;
    this.#digestKey = digestKey;
    this.#now = now;
  }

  async variablesOf(stack: string): Promise<Variables> {
    const rows = await seenBy(this.#database, await stackId(this.#database, stack));
    const pairs = rows.map((row): [string, string] => [text(row, "name"), this.#open(row)]);
    const digest = createHmac("sha256", this.#digestKey).update(JSON.stringify(pairs)).digest("hex");
    return { values: Object.fromEntries(pairs), digest };
  }

  /** By name: the shared ones and, of a stack, its own, which hide those. Throws NotFound for an unknown stack. */
  async list(stack: string | null): Promise<readonly VariableEntry[]> {
    const rows = await seenBy(this.#database, await scopeOf(this.#database, stack));
    return rows.map((row) => {
      const secret = integer(row, "secret") === 1;
      return {
        name: text(row, "name"),
        stack: textOrNull(row, "stack"),
        secret,
        value: secret ? null : this.#open(row),
        changedBy: text(row, "changed_by"),
        changedAt: text(row, "changed_at"),
      };
    });
  }

  /** Replaces what bore that name there. Throws InvalidInput, and NotFound for an unknown stack. */
  async set(stack: string | null, name: string, value: string, { secret, by }: VariableChange): Promise<void> {
    checkVariable(name, value);
    await this.#database.inTurn(async (sql) => {
      const scope = await scopeOf(sql, stack);
      const sealed = this.#seal.close(placeOf(scope, name), value);
      await sql.write({ sql: SET, values: [scope, name, sealed, secret ? 1 : 0, by, this.#now().toISOString()] });
    });
  }

  /** Whether there was one. Throws NotFound for an unknown stack. */
  async unset(stack: string | null, name: string): Promise<boolean> {
    return await this.#database.inTurn(async (sql) => {
      const [rows = []] = await sql.write({
        sql: "DELETE FROM variable WHERE coalesce(stack_id, 0) = ? AND name = ? RETURNING id",
        values: [(await scopeOf(sql, stack)) ?? 0, name],
      });
      return rows.length > 0;
    });
  }

  #open(row: Row): string {
    return this.#seal.open(placeOf(integerOrNull(row, "stack_id"), text(row, "name")), text(row, "value"));
  }
}

const SET = `INSERT INTO variable (stack_id, name, value, secret, changed_by, changed_at) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (coalesce(stack_id, 0), name) DO UPDATE SET value = excluded.value, secret = excluded.secret,
  changed_by = excluded.changed_by, changed_at = excluded.changed_at`;

async function scopeOf(sql: Pick<Sql, "query">, stack: string | null): Promise<number | null> {
  return stack === null ? null : await knownStackId(sql, stack);
}

/** One row per name, in the order of names; a stack's own comes last of two and stays. */
async function seenBy(sql: Pick<Sql, "query">, stack: number | null): Promise<readonly Row[]> {
  const rows = await sql.query(
    `SELECT variable.*, stack.name AS stack FROM variable LEFT JOIN stack ON stack.id = variable.stack_id
      WHERE coalesce(stack_id, 0) IN (0, ?) ORDER BY variable.name, coalesce(stack_id, 0)`,
    stack ?? 0,
  );
  return [...new Map(rows.map((row) => [text(row, "name"), row])).values()];
}

function placeOf(scope: number | null, name: string): Place {
  return { table: "variable", row: `${scope ?? "shared"} ${name}`, column: "value" };
}
