import { closeSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { TallymanError } from "../error.ts";
import { holderOf } from "./lock-holder.ts";

/** What libSQL threw, in words. Its own messages never contain values, so they may be shown. */
export function databaseError(thrown: unknown, path: string): TallymanError {
  if (thrown instanceof TallymanError) return thrown;
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  switch (code) {
    case "SQLITE_BUSY":
      return alreadyRunning(path, thrown);
    case "SQLITE_NOTADB":
      return looksEncrypted(path) ? wrongKey(path, thrown) : damaged(path, said, thrown);
    case "SQLITE_CORRUPT":
      return damaged(path, said, thrown);
    case "SQLITE_FULL":
      return new TallymanError("DiskFull", `${path} cannot grow: the disk is full`, {
        hint: "Free some space; Tallyman goes on by itself.",
        cause: thrown,
      });
    case "SQLITE_READONLY":
    case "SQLITE_CANTOPEN":
    case "SQLITE_PERM":
    case "SQLITE_IOERR":
      return new TallymanError("StoreUnusable", `${path} cannot be read and written: ${said}`, {
        hint: "Check the owner, the permissions and the disk of that folder.",
        cause: thrown,
      });
    default:
      return new TallymanError("Internal", `the database refused: ${said}`, { cause: thrown });
  }
}

/** The file ends early, or is no database at all. */
export function damaged(path: string, why: string, cause?: unknown): TallymanError {
  return new TallymanError("StoreUnusable", `${path} is damaged or is not a Tallyman database: ${why}`, {
    hint: "Put back a backup of the whole system folder, database and db.key together; the damaged file was not touched.",
    cause,
  });
}

function alreadyRunning(path: string, cause: unknown): TallymanError {
  const pid = holderOf(path);
  const who = pid === null ? "another process" : `process ${pid}`;
  return new TallymanError("AlreadyRunning", `${path} is in use by ${who}`, {
    hint: "Stop the Tallyman that runs there, or start this one with another --root.",
    cause,
  });
}

function wrongKey(path: string, cause: unknown): TallymanError {
  return new TallymanError("StoreKeyWrong", `db.key does not open ${basename(path)}`, {
    hint: "Put back the db.key that belongs to this database; nothing was changed.",
    cause,
  });
}

/**
 * Bytes 16 to 23 of an encrypted database stay readable: page size 4096, format, no reserve, and the three constants of the file format.
 * With them a wrong key can be told from a file that is no database. Source: SQLite file format §1.3, seen in files written by libSQL.
 */
function looksEncrypted(path: string): boolean {
  const header = Buffer.alloc(24);
  const file = openSync(path, "r");
  try {
    if (readSync(file, header, 0, 24, 0) < 24) return false;
  } finally {
    closeSync(file);
  }
  return header.readUInt16BE(16) === 4096 && header.subarray(21, 24).equals(Buffer.from([64, 32, 32]));
}
