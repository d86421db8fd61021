import { hkdfSync, randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { TallymanError } from "../error.ts";
import type { Log } from "../log.ts";

export type Random = (bytes: number) => Uint8Array;

export interface KeyFile {
  readonly path: string;
  /** Whether there is a database that a new key could never open. */
  readonly databaseExists: boolean;
  readonly log: Log;
  readonly random?: Random;
}

/**
 * The 32 bytes from which every key is derived; made at the first start and never again over an existing database.
 * Throws StoreKeyMissing and StoreKeyWrong.
 */
export function masterKey({ path, databaseExists, log, random = randomBytes }: KeyFile): Uint8Array {
  if (!isThere(path)) {
    if (databaseExists) throw keyMissing(path);
    createKey(path, random(32));
  }
  const text = readFileSync(path, "utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(text) || /^0+$/.test(text)) {
    throw new TallymanError("StoreKeyWrong", `${path} does not hold a key (64 hexadecimal digits)`, {
      hint: "Put back the db.key that belongs to this database; nothing was changed.",
    });
  }
  keepPrivate(path, log);
  return Buffer.from(text, "hex");
}

/** HKDF-SHA256 (RFC 5869) without salt; `purpose` keeps the derived keys apart. */
export function derivedKey(master: Uint8Array, purpose: string, bytes: number): Buffer {
  if (master.length !== 32) throw new Error("the master key is not 32 bytes long");
  return Buffer.from(hkdfSync("sha256", master, "", purpose, bytes));
}

/** libSQL reads exactly 32 characters of its key and no salt: 24 bytes as base64url are 32 characters with 192 bits. */
export function databaseKey(master: Uint8Array): string {
  return derivedKey(master, "db", 24).toString("base64url");
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Under its name only when whole: of two processes that start at once, one makes the key and both read it. */
function createKey(path: string, key: Uint8Array): void {
  const fresh = `${path}.${process.pid}`;
  rmSync(fresh, { force: true });
  const file = openSync(fresh, "wx", 0o600);
  writeSync(file, `${Buffer.from(key).toString("hex")}\n`);
  synced(file);
  try {
    linkSync(fresh, path);
    synced(openSync(dirname(path), "r"));
  } catch (thrown) {
    if (!isThere(path)) throw thrown;
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** On disk before the first database is: a power cut must not take the key and leave what it locks. */
function synced(file: number): void {
  fsyncSync(file);
  closeSync(file);
}

function keepPrivate(path: string, log: Log): void {
  const mode = lstatSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  log("warn", "db.key was readable by others; it is private now", { path, mode: mode.toString(8) });
  chmodSync(path, 0o600);
}

function keyMissing(path: string): TallymanError {
  return new TallymanError("StoreKeyMissing", `${path} is missing, and there is a database that only it can open`, {
    hint: "Put db.key back from a backup; to start anew, move the whole system folder away.",
  });
}
