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
 * Called by libSQL itself in the compiled binary (build.ts sees to that), with the path of its embedded addon (zstd) and the addon's SHA-256.
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

/** Appears under its name only when whole, whatever ends this process. */
function unpack(embedded: string, path: string): void {
  rmSync(dirname(path), { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, Bun.zstdDecompressSync(readFileSync(embedded)), { mode: 0o500, flag: "wx" });
  renameSync(fresh, path);
  // 10 MB that nobody will use again and that an idle thread would keep for long.
  Bun.gc(true);
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
