import type { Reason } from "../error.ts";
import type { Migration } from "./migrations.ts";

/** What a column holds, in and out. */
export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

export interface Statement {
  readonly sql: string;
  readonly values?: readonly Value[];
}

export interface OpenRequest {
  readonly kind: "open";
  /** Absolute path of the database file, which exists (empty on the first start). */
  readonly path: string;
  /** 32 ASCII characters; crosses to the thread as a message, never in arguments or the environment. */
  readonly key: string;
  readonly addonDirectory: string;
  readonly backupDirectory: string;
  readonly migrations: readonly Migration[];
  /** RFC 3339 UTC, written beside each migration. */
  readonly now: string;
}

/** What the database thread can be asked. Statements of one `write` are one transaction: all or none. */
export type Request =
  | OpenRequest
  | { readonly kind: "query"; readonly statement: Statement }
  | { readonly kind: "write"; readonly statements: readonly Statement[] }
  | { readonly kind: "close" };

export interface NumberedRequest {
  readonly id: number;
  readonly request: Request;
}

/** One list of rows per statement. */
export type Results = readonly (readonly Row[])[];

export type Reply =
  | { readonly id: number; readonly results: Results }
  | {
      readonly id: number;
      readonly error: { readonly reason: Reason; readonly message: string; readonly hint: string };
    };
