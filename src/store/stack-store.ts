import { isDeepStrictEqual } from "node:util";
import { TallymanError } from "../error.ts";
import type { Stack, Suspension } from "../stack.ts";
import type { Database, Sql } from "./database.ts";
import type { Statement } from "./database-protocol.ts";
import { integer, text } from "./row.ts";
import { INSERT_STACK, stackOf, stackValues, UPDATE_STACK } from "./stack-row.ts";

/** A stack that was removed. Its history is still there, its variables and what was kept beside its containers for a while. */
export interface ArchivedStack {
  readonly stack: Stack;
  /** RFC 3339 UTC. */
  readonly removedAt: string;
}

/** The stacks that Tallyman keeps. */
export class StackStore {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor(database: Database, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  /** By name. */
  async list(): Promise<readonly Stack[]> {
    return (await this.#database.query("SELECT * FROM stack WHERE removed_at IS NULL ORDER BY name")).map(stackOf);
  }

  async get(name: string): Promise<Stack | null> {
    const [row] = await this.#database.query("SELECT * FROM stack WHERE name = ? AND removed_at IS NULL", name);
    return row ? stackOf(row) : null;
  }

  /** What was removed and did not come back, newest first. */
  async archived(): Promise<readonly ArchivedStack[]> {
    const rows = await this.#database.query(
      "SELECT * FROM stack WHERE removed_at IS NOT NULL ORDER BY removed_at DESC, id DESC",
    );
    return rows.map((row) => ({ stack: stackOf(row), removedAt: text(row, "removed_at") }));
  }

  /**
   * The stack of that name that was removed last comes back with its history, when it is of the same repository and path; else a new
   * one begins. With `suspension` it is never there without: nothing touches it before somebody resumes it. Throws AlreadyExists.
   */
  async add(stack: Stack, suspension: Suspension | null = null): Promise<void> {
    await this.#database.inTurn(async (sql) => {
      if ((await stackId(sql, stack.name)) !== null) {
        throw new TallymanError("AlreadyExists", `there is already a stack named ${stack.name}`, {
          hint: "Choose another name, or remove that stack first.",
        });
      }
      const former = await archivedId(sql, stack);
      await sql.write(
        former === null
          ? { sql: INSERT_STACK, values: [...stackValues(stack), stack.name] }
          : { sql: UPDATE_STACK, values: [...stackValues(stack), former] },
        ...(suspension ? [suspended(stack, suspension)] : []),
      );
    });
  }

  /**
   * Replaces every setting of the stack that bears this name; with `before` only while they are still those. Throws NotFound and
   * ChangedMeanwhile.
   */
  async update(stack: Stack, before: Stack | null = null): Promise<void> {
    await this.#database.inTurn(async (sql) => {
      const id = await knownStackId(sql, stack.name);
      const [row] = before ? await sql.query("SELECT * FROM stack WHERE id = ?", id) : [];
      if (row && !isDeepStrictEqual(stackOf(row), before)) throw changedMeanwhile(stack.name);
      await sql.write({ sql: UPDATE_STACK, values: [...stackValues(stack), id] });
    });
  }

  /**
   * Archives the stack: keeps the row, its history and variables, forgets the credential, the holds and what was told of it, frees the
   * name. A name that nobody bears is fine.
   */
  async remove(name: string): Promise<void> {
    await this.#database.inTurn(async (sql) => {
      const id = await stackId(sql, name);
      if (id === null) return;
      await sql.write(
        { sql: "DELETE FROM credential WHERE stack_id = ?", values: [id] },
        { sql: "DELETE FROM hold WHERE stack_id = ?", values: [id] },
        { sql: "DELETE FROM notice WHERE stack_id = ?", values: [id] },
        { sql: "UPDATE stack SET removed_at = ? WHERE id = ?", values: [this.#now().toISOString(), id] },
      );
    });
  }

  /**
   * Of stacks that were removed before that time (RFC 3339 UTC) and did not come back: forgets the variables, the models of their
   * releases and what was kept beside containers. The history stays. Returns the names of those that had any.
   */
  async forgetSecrets(before: string): Promise<readonly string[]> {
    const gone = "stack_id IN (SELECT id FROM stack WHERE removed_at <= ?)";
    const tables = ["variable", "release_model", "kept_container"];
    const forgotten = await this.#database.write(
      ...tables.map((table) => ({ sql: `DELETE FROM ${table} WHERE ${gone} RETURNING stack_id`, values: [before] })),
    );
    const ids = new Set(forgotten.flat().map((row) => integer(row, "stack_id")));
    const rows = await this.#database.query(
      "SELECT id, name FROM stack WHERE removed_at IS NOT NULL ORDER BY name, id",
    );
    return rows.filter((row) => ids.has(integer(row, "id"))).map((row) => text(row, "name"));
  }
}

export function changedMeanwhile(stackName: string): TallymanError {
  return new TallymanError("ChangedMeanwhile", `somebody else changed the settings of ${stackName} meanwhile`, {
    hint: "Nothing was saved. Look at what is set now, then change it again.",
  });
}

/** Of a table with a `stack_id`: the rows of the stack that bears the name now. Takes the name. */
export const OF_STACK = "stack_id = (SELECT id FROM stack WHERE name = ? AND removed_at IS NULL)";

function suspended({ name }: Stack, { by, why, at }: Suspension): Statement {
  return {
    sql: `INSERT INTO hold (stack_id, kind, placed_by, why, at)
      SELECT id, 'suspended', ?, ?, ? FROM stack WHERE name = ? AND removed_at IS NULL`,
    values: [by, why, at, name],
  };
}

/** The row of the stack that bears the name now; null when none does. */
export async function stackId(sql: Pick<Sql, "query">, name: string): Promise<number | null> {
  const [row] = await sql.query("SELECT id FROM stack WHERE name = ? AND removed_at IS NULL", name);
  return row ? integer(row, "id") : null;
}

/** The same, where the stack must be there. Throws NotFound. */
export async function knownStackId(sql: Pick<Sql, "query">, name: string): Promise<number> {
  const id = await stackId(sql, name);
  if (id !== null) return id;
  throw new TallymanError("NotFound", `there is no stack named ${name}`, {
    hint: "`tallyman stack list` shows all of them.",
  });
}

async function archivedId(sql: Pick<Sql, "query">, { name, origin, repository, path }: Stack): Promise<number | null> {
  const [row] = await sql.query(
    "SELECT * FROM stack WHERE name = ? AND removed_at IS NOT NULL ORDER BY removed_at DESC, id DESC LIMIT 1",
    name,
  );
  if (!row) return null;
  const former = stackOf(row);
  const isSame = former.origin === origin && former.repository === repository && former.path === path;
  return isSame ? integer(row, "id") : null;
}
