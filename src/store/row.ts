import type { Row } from "./database-protocol.ts";

/** Readers of columns: a row that lacks what its table promises is a bug, said at once. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === "string") return value;
  throw new Error(`column ${column} holds no text`);
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === "number") return value;
  throw new Error(`column ${column} holds no number`);
}

export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

/** JSON that this program wrote itself; `T` is what the writer of that column put in. */
export function json<T>(row: Row, column: string): T {
  return JSON.parse(text(row, column)) as T;
}
