import { accessSync, chmodSync, closeSync, constants, lstatSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { TallymanError } from "../error.ts";
import { damaged } from "./database-error.ts";

const PAGE_BYTES = 4_096;

/** Paths below `<root>/system`. */
export interface SystemFolder {
  readonly path: string;
  readonly database: string;
  readonly key: string;
  readonly native: string;
  readonly backups: string;
  /** Whether a database was there before this start. */
  readonly databaseExists: boolean;
}

/** Makes the folder (0700) on the first start, and checks that everything in it can be written. Throws StoreUnusable. */
export function openSystemFolder(root: string): SystemFolder {
  const path = join(root, "system");
  const folder = { path, database: join(path, "tallyman.db"), key: join(path, "db.key") };
  attempt(path, () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if ((lstatSync(path).mode & 0o077) !== 0) chmodSync(path, 0o700);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  });
  for (const file of [folder.key, folder.database, `${folder.database}-wal`]) {
    if (isThere(file)) attempt(file, () => accessSync(file, constants.R_OK | constants.W_OK));
  }
  // SQLite takes a file of a few bytes for an empty one and writes over it.
  const { size } = lstatSync(folder.database, { throwIfNoEntry: false }) ?? { size: 0 };
  if (size > 0 && size < PAGE_BYTES) throw damaged(folder.database, `it has ${size} bytes`);
  return {
    ...folder,
    native: join(path, "native"),
    backups: join(path, "backups"),
    databaseExists: isThere(folder.database),
  };
}

/** SQLite gives the journal the permissions of the database file, so that file is made first, empty and private. */
export function createDatabaseFile({ database }: SystemFolder): void {
  attempt(database, () => closeSync(openSync(database, "a", 0o600)));
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function attempt(path: string, act: () => void): void {
  try {
    act();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new TallymanError("StoreUnusable", `${path} cannot be written: ${IN_WORDS[code] ?? code}`, {
      hint: "Give Tallyman's user that folder, or choose another one with --root DIR.",
      cause,
    });
  }
}

const IN_WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ENOTDIR: "something that is no folder is in the way",
  EEXIST: "something that is no folder is in the way",
  ENOSPC: "the disk is full",
};
