import { statfs } from "node:fs/promises";
import { TallymanError } from "../error.ts";

/** Below this a deployment would leave the host without room to write its logs and its state. */
const LEAST_BYTES = 512 * 1024 * 1024;
const LEAST_SHARE = 0.01;
const LEAST_INODES = 10_000;

/**
 * Throws DiskFull when one of these folders lies on a file system that is nearly full. One that is not there, or belongs to another
 * host, says nothing.
 */
export async function checkFreeRoom(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const found = await statfs(folder).catch(() => null);
    if (!found) continue;
    const free = found.bavail * found.bsize;
    const least = Math.min(LEAST_BYTES, found.blocks * found.bsize * LEAST_SHARE);
    if (free < least) throw full(folder, `${Math.floor(free / 1024 / 1024)} MiB are free`);
    // File systems without a fixed number of inodes report none at all.
    if (found.files > 0 && found.ffree < Math.min(LEAST_INODES, found.files * LEAST_SHARE))
      throw full(folder, `${found.ffree} inodes are free`);
  }
}

function full(folder: string, what: string): TallymanError {
  return new TallymanError("DiskFull", `only ${what} at ${folder}: nothing new is deployed`, {
    hint: "Make room; it is tried again by itself. What runs is not touched.",
  });
}
