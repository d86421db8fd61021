import type { Credential, CredentialVault } from "../credential.ts";
import type { Database } from "./database.ts";
import { text, textOrNull } from "./row.ts";
import type { Place, Seal } from "./seal.ts";
import { knownStackId, OF_STACK, stackId } from "./stack-store.ts";

/** One credential per stack; its secret is sealed and bound to that stack's row. */
export class CredentialStore implements CredentialVault {
  readonly #database: Database;
  readonly #seal: Seal;

  constructor(database: Database, seal: Seal) {
    this.#database = database;
    this.#seal = seal;
  }

  async credentialOf(stack: string): Promise<Credential | null> {
    const id = await stackId(this.#database, stack);
    if (id === null) return null;
    const [row] = await this.#database.query("SELECT * FROM credential WHERE stack_id = ?", id);
    if (!row) return null;
    return {
      kind: text(row, "kind") as Credential["kind"],
      host: text(row, "host"),
      username: text(row, "username"),
      secret: this.#seal.open(placeOf(id), text(row, "secret")),
      publicKey: textOrNull(row, "public_key"),
    };
  }

  /** Replaces what was there. Throws NotFound for an unknown stack. */
  async set(stack: string, { kind, host, username, secret, publicKey }: Credential): Promise<void> {
    await this.#database.inTurn(async (sql) => {
      const id = await knownStackId(sql, stack);
      const sealed = this.#seal.close(placeOf(id), secret);
      await sql.write({
        sql: "INSERT OR REPLACE INTO credential (stack_id, kind, host, username, secret, public_key) VALUES (?, ?, ?, ?, ?, ?)",
        values: [id, kind, host, username, sealed, publicKey],
      });
    });
  }

  async publicKeyOf(stack: string): Promise<string | null> {
    const [row] = await this.#database.query(`SELECT public_key FROM credential WHERE ${OF_STACK}`, stack);
    return row ? textOrNull(row, "public_key") : null;
  }

  async forget(stack: string): Promise<void> {
    await this.#database.write({ sql: `DELETE FROM credential WHERE ${OF_STACK}`, values: [stack] });
  }
}

function placeOf(id: number): Place {
  return { table: "credential", row: String(id), column: "secret" };
}
