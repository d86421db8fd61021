import { TallymanError } from "../error.ts";
import type { CredentialKind, Stack } from "../stack.ts";
import type { Database, Sql } from "./database.ts";
import type { Row } from "./database-protocol.ts";
import { integer, json, text, textOrNull } from "./row.ts";

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

  /** Throws AlreadyExists. */
  async add(stack: Stack): Promise<void> {
    await this.#database.inTurn(async (sql) => {
      if ((await stackId(sql, stack.name)) !== null) {
        throw new TallymanError("AlreadyExists", `there is already a stack named ${stack.name}`, {
          hint: "Choose another name, or remove that stack first.",
        });
      }
      await sql.write({ sql: INSERT, values: valuesOf(stack) });
    });
  }

  /** Keeps the row and its history, forgets the credential, frees the name. A name that nobody bears is fine. */
  async remove(name: string): Promise<void> {
    await this.#database.inTurn(async (sql) => {
      const id = await stackId(sql, name);
      if (id === null) return;
      await sql.write(
        { sql: "DELETE FROM credential WHERE stack_id = ?", values: [id] },
        { sql: "UPDATE stack SET removed_at = ? WHERE id = ?", values: [this.#now().toISOString(), id] },
      );
    });
  }
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

const INSERT = `INSERT INTO stack
  (name, project, repository, ref, path, files, env_files, profiles, interval_ms, credential, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

function valuesOf(stack: Stack) {
  return [
    stack.name,
    stack.project,
    stack.repository,
    stack.ref,
    stack.path,
    JSON.stringify(stack.files),
    JSON.stringify(stack.envFiles),
    JSON.stringify(stack.profiles),
    stack.intervalMs,
    stack.credential,
    stack.createdAt,
  ];
}

function stackOf(row: Row): Stack {
  return {
    name: text(row, "name"),
    project: text(row, "project"),
    repository: text(row, "repository"),
    ref: textOrNull(row, "ref"),
    path: text(row, "path"),
    files: json<readonly string[]>(row, "files"),
    envFiles: json<readonly string[]>(row, "env_files"),
    profiles: json<readonly string[]>(row, "profiles"),
    intervalMs: integer(row, "interval_ms"),
    credential: text(row, "credential") as CredentialKind,
    createdAt: text(row, "created_at"),
  };
}
