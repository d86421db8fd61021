import { TallymanError } from "../error.ts";
import type { OpenRequest, Reply, Request, Results, Row, Statement, Value } from "./database-protocol.ts";
import { integerOrNull } from "./row.ts";

// In the binary all modules are one file at the root, so build.ts says where the thread's program is from there.
declare const TALLYMAN_DATABASE_WORKER: string | undefined;
const THREAD = new URL(
  typeof TALLYMAN_DATABASE_WORKER === "string" ? TALLYMAN_DATABASE_WORKER : "./database-worker.ts",
  import.meta.url,
).href;

const ANSWER_WITHIN_MS = 30_000;
/** A migration copies the whole file first, whatever its size. */
const OPEN_WITHIN_MS = 900_000;

/** Reads, and writes that are one transaction each. */
export interface Sql {
  query(sql: string, ...values: readonly Value[]): Promise<readonly Row[]>;
  /** All statements or none; the rows that each one returned. */
  write(...statements: readonly Statement[]): Promise<Results>;
}

interface Waiting {
  readonly resolve: (results: Results) => void;
  readonly reject: (error: TallymanError) => void;
}

/** The open database, seen from the main thread: every call is a message to its thread, and writers take turns. */
export class Database implements Sql {
  readonly #thread: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #migratedFrom: number | null = null;
  #lastId = 0;
  #ended: TallymanError | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(program: string) {
    this.#thread = new Worker(program, UNHELD);
    this.#thread.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.#settle(data));
    this.#thread.addEventListener("error", ({ message }) => this.#end(message));
    this.#thread.addEventListener("close", () => this.#end("its thread ended"));
  }

  /** Throws what `Connection.open` throws. `program` is the thread's module. */
  static async open(request: Omit<OpenRequest, "kind">, program: string = THREAD): Promise<Database> {
    const database = new Database(program);
    try {
      const [[row] = []] = await database.#ask({ kind: "open", ...request });
      database.#migratedFrom = row ? integerOrNull(row, "migratedFrom") : null;
      return database;
    } catch (thrown) {
      database.#thread.terminate();
      throw thrown;
    }
  }

  /** The schema from which this start brought the file up to date; null when there was nothing to do. */
  get migratedFrom(): number | null {
    return this.#migratedFrom;
  }

  async query(sql: string, ...values: readonly Value[]): Promise<readonly Row[]> {
    const [rows = []] = await this.#ask({ kind: "query", statement: { sql, values } });
    return rows;
  }

  write(...statements: readonly Statement[]): Promise<Results> {
    return this.inTurn((sql) => sql.write(...statements));
  }

  /** Runs work that reads first and then writes, with no other writer in between. It must use the `sql` it is given. */
  inTurn<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const sql: Sql = {
      query: (text, ...values) => this.query(text, ...values),
      write: (...statements) => this.#ask({ kind: "write", statements }),
    };
    const result = this.#turn.then(() => work(sql));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Waits for the writers, leaves one file without journal and lock, and ends the thread. */
  async close(): Promise<void> {
    if (this.#ended) return;
    await this.#turn;
    await this.#ask({ kind: "close" });
    this.#end("it was closed");
    this.#thread.terminate();
  }

  #ask(request: Request): Promise<Results> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    return new Promise<Results>((resolve, reject) => {
      const within = request.kind === "open" ? OPEN_WITHIN_MS : ANSWER_WITHIN_MS;
      const deadline = setTimeout(() => this.#settle({ id, error: late(within) }), within);
      const done =
        <A>(act: (argument: A) => void) =>
        (argument: A) => {
          clearTimeout(deadline);
          act(argument);
        };
      this.#waiting.set(id, { resolve: done(resolve), reject: done(reject) });
      this.#thread.postMessage({ id, request });
    });
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("results" in reply) waiting?.resolve(reply.results);
    else waiting?.reject(new TallymanError(reply.error.reason, reply.error.message, { hint: reply.error.hint }));
  }

  /** The thread is gone: what waits, and what comes later, is told so. */
  #end(why: string): void {
    this.#ended ??= new TallymanError("StoreUnusable", `the database is no longer open: ${why}`, {
      hint: "Restart Tallyman; what was acknowledged is on disk.",
    });
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

// A process that ends without close() must not hang on the thread; calls under way hold it by their timers.
const UNHELD: Bun.WorkerOptions = { ref: false };

function late(milliseconds: number) {
  return {
    reason: "StoreUnusable",
    message: `the database did not answer within ${milliseconds / 1_000} s`,
    hint: "Look at the disk under the root folder: it is very slow or does not answer.",
  } as const;
}
