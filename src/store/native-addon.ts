import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { TallymanError } from "../error.ts";

const CHUNK_BYTES = 256 * 1_024;

let directory: string | null = null;

/** Where the embedded libSQL is unpacked: a folder of ours below the state root, because /tmp may be noexec. To be said before libSQL is imported. */
export function chooseAddonDirectory(path: string): void {
  directory = path;
}

/**
 * Called by libSQL itself in the compiled binary (build.ts sees to that), with the path of its embedded addon (pieces of zstd) and the addon's SHA-256.
 * What lies in the folder is run only if it is, byte for byte, what we carry.
 */
export function loadNativeAddon(embedded: string, digest: string): unknown {
  if (directory === null) throw new TallymanError("Internal", "libSQL was loaded before its folder was chosen");
  const path = join(directory, `libsql-${digest.slice(0, 16)}.node`);
  if (digestOf(path) !== digest) unpack(embedded, path);
  const addon = { exports: {} };
  try {
    process.dlopen(addon, path);
  } catch (cause) {
    throw new TallymanError("StoreUnusable", `libSQL could not be loaded from ${path}: ${String(cause)}`, {
      hint: `Mount ${dirname(path)} without noexec, or choose another --root.`,
      cause,
    });
  }
  return addon.exports;
}

/**
 * Appears under its name only when whole, whatever ends this process. Written piece by piece: the page cache keeps a file that was
 * written at once in pages of 2 MiB, and then all of it stays mapped, not only what libSQL runs.
 */
function unpack(embedded: string, path: string): void {
  rmSync(dirname(path), { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}`;
  const file = openSync(fresh, "wx", 0o500);
  try {
    for (const piece of pieces(readFileSync(embedded))) writeFileSync(file, Bun.zstdDecompressSync(piece));
  } catch (thrown) {
    rmSync(fresh, { force: true });
    throw noRoom(thrown, dirname(path));
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
  // What nobody will use again, and an idle thread would keep for long.
  Bun.gc(true);
}

function noRoom(thrown: unknown, folder: string): unknown {
  if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ENOSPC")) return thrown;
  return new TallymanError("DiskFull", `${folder} has no room for libSQL, which this build unpacks there`, {
    hint: "Free 12 MB, then start again.",
    cause: thrown,
  });
}

/** The zstd frames that build.ts packed, each behind its length. */
function* pieces(packed: Buffer): Generator<Buffer> {
  for (let at = 0; at < packed.length; ) {
    const end = at + 4 + packed.readUInt32LE(at);
    yield packed.subarray(at + 4, end);
    at = end;
  }
}

/** In chunks: the file is 10 MB, and what is read at once stays in memory for long. */
function digestOf(path: string): string | null {
  const hash = createHash("sha256");
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let file: number | null = null;
  try {
    file = openSync(path, "r");
    for (let read = -1; read !== 0; ) {
      read = readSync(file, chunk);
      hash.update(chunk.subarray(0, read));
    }
    return hash.digest("hex");
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}
