import { TallymanError } from "../error.ts";
import type { Database, Sql } from "./database.ts";
import type { Row, Statement } from "./database-protocol.ts";
import { integer, text } from "./row.ts";

export interface User {
  /** Decimal, ascending. */
  readonly id: string;
  readonly name: string;
  /** As the web's password hashing writes it; never a password. */
  readonly passwordHash: string;
  readonly role: string;
}

/** Who may log in. Names are unique whatever their case. */
export class UserStore {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor(database: Database, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  async count(): Promise<number> {
    return await userCount(this.#database);
  }

  /** Throws AlreadyExists. */
  async add(user: Omit<User, "id">): Promise<User> {
    return await this.#database.inTurn(async (sql) => {
      if ((await sql.query("SELECT id FROM user WHERE name = ?", user.name)).length > 0) {
        throw new TallymanError("AlreadyExists", `there is already a user named ${user.name}`, {
          hint: "Choose another name.",
        });
      }
      const [rows] = await sql.write(insertUser(user, this.#now()));
      return userOf(rows);
    });
  }

  async byName(name: string): Promise<User | null> {
    const rows = await this.#database.query("SELECT * FROM user WHERE name = ?", name);
    return rows.length > 0 ? userOf(rows) : null;
  }

  async byId(id: string): Promise<User | null> {
    const rows = await this.#database.query("SELECT * FROM user WHERE id = CAST(? AS INTEGER)", id);
    return rows.length > 0 ? userOf(rows) : null;
  }
}

export async function userCount(sql: Pick<Sql, "query">): Promise<number> {
  const [row] = await sql.query("SELECT count(*) AS count FROM user");
  return row ? integer(row, "count") : 0;
}

/** The statement that adds a user and returns its row. */
export function insertUser({ name, passwordHash, role }: Omit<User, "id">, now: Date): Statement {
  return {
    sql: "INSERT INTO user (name, password_hash, role, created_at) VALUES (?, ?, ?, ?) RETURNING *",
    values: [name, passwordHash, role, now.toISOString()],
  };
}

/** The user in the first of these rows. */
export function userOf(rows: readonly Row[] | undefined): User {
  const [row] = rows ?? [];
  if (!row) throw new Error("no row of a user");
  return {
    id: String(integer(row, "id")),
    name: text(row, "name"),
    passwordHash: text(row, "password_hash"),
    role: text(row, "role"),
  };
}
