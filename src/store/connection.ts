import { pathToFileURL } from "node:url";
import type { Client } from "@libsql/client/sqlite3";
import { databaseError } from "./database-error.ts";
import type { OpenRequest, Results, Row, Statement } from "./database-protocol.ts";
import { migrate, schemaVersion } from "./migrate.ts";
import { chooseAddonDirectory } from "./native-addon.ts";

/** How long SQLite waits for a lock that another process holds. */
const BUSY_MS = 250;

/**
 * The one connection, on the database's own thread. It holds SQLite's exclusive lock from the first read to the end: a lock of the
 * kernel's, so a killed process leaves nothing behind. Never open the file by other means in this process: closing it would drop the lock.
 */
export class Connection {
  /** The schema of the file before it was brought up to date; null when there was nothing to do. */
  readonly migratedFrom: number | null;
  readonly #client: Client;
  readonly #path: string;

  private constructor(client: Client, { path, migrations }: OpenRequest, version: number) {
    this.#client = client;
    this.#path = path;
    this.migratedFrom = version > 0 && version < (migrations.at(-1)?.version ?? 0) ? version : null;
  }

  /** Throws StoreKeyWrong, StoreNewer, StoreUnusable, AlreadyRunning; then nothing was changed. */
  static async open(request: OpenRequest): Promise<Connection> {
    // An empty key would silently make a plaintext file.
    if (request.key.length !== 32) throw new Error("the database key is not 32 characters long");
    chooseAddonDirectory(request.addonDirectory);
    const { createClient } = await import("@libsql/client/sqlite3");
    const client = createClient({
      url: pathToFileURL(request.path).href,
      encryptionKey: request.key,
      concurrency: 1,
      timeout: BUSY_MS,
    });
    const version = await translated(request.path, () => lockAndRead(client, request));
    const connection = new Connection(client, request, version);
    try {
      await translated(request.path, () => prepare(client, version, request));
      return connection;
    } catch (thrown) {
      await connection.close().catch(() => undefined);
      throw thrown;
    }
  }

  async query({ sql, values = [] }: Statement): Promise<readonly Row[]> {
    return await translated(this.#path, async () => plainRows(await this.#client.execute({ sql, args: [...values] })));
  }

  async write(statements: readonly Statement[]): Promise<Results> {
    const batch = statements.map(({ sql, values = [] }) => ({ sql, args: [...values] }));
    return await translated(this.#path, async () => (await this.#client.batch(batch, "write")).map(plainRows));
  }

  /** Leaves one file, no journal and no lock; a plain close would keep both until the garbage collector comes by. */
  async close(): Promise<void> {
    await translated(this.#path, async () => {
      await withoutRoom(async () => {
        await this.#client.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        await this.#client.execute("PRAGMA journal_mode = DELETE");
      });
      await this.#client.execute("PRAGMA locking_mode = NORMAL");
      await this.#client.execute("SELECT count(*) FROM sqlite_master");
    });
    this.#client.close();
  }
}

async function translated<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw databaseError(thrown, path);
  }
}

function plainRows({ rows }: { readonly rows: readonly object[] }): readonly Row[] {
  return rows.map((row) => ({ ...row }));
}

/** Nothing is written before this has succeeded. */
async function lockAndRead(client: Client, request: OpenRequest): Promise<number> {
  try {
    await client.execute("PRAGMA locking_mode = EXCLUSIVE");
    return await schemaVersion(client, request);
  } catch (thrown) {
    client.close();
    throw thrown;
  }
}

/** What only tidies the file may wait for room on the disk; everything can be read without. */
async function withoutRoom(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "SQLITE_FULL")) throw thrown;
  }
}

async function prepare(client: Client, version: number, request: OpenRequest): Promise<void> {
  await withoutRoom(() => client.execute("PRAGMA journal_mode = WAL"));
  // What history and deploy keys rely on must survive a power cut, not only the end of the process.
  await client.execute("PRAGMA synchronous = FULL");
  await client.execute("PRAGMA foreign_keys = ON");
  await migrate(client, version, request);
}
