import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { link, lstat, mkdir, open, readlink, rename, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A free name for what was found at a path of the tree, below the directory of this switch. Makes the folders on the way. */
export async function placeForConflict(conflicts: string, path: string): Promise<string> {
  const savedAs = join(conflicts, path);
  await mkdir(dirname(savedAs), { recursive: true, mode: 0o700 });
  return (await lstat(savedAs).catch(() => null)) ? `${savedAs}.${randomUUID()}` : savedAs;
}

/**
 * Saves a file or link and leaves it where it is. `sharing` the same file under a second name costs nothing, but will not do for one
 * that is about to be overwritten; on another file system it is a copy in any case.
 */
export async function saveFile(target: string, savedAs: string, sharing: boolean): Promise<void> {
  if (sharing && (await succeeds(link(target, savedAs)))) return;
  if ((await lstat(target)).isSymbolicLink()) return symlink(await readlink(target), savedAs);
  await copyContent(target, savedAs);
}

/**
 * Takes away a folder (or whatever is no file) with all that is in it, as it is. Where the conflicts lie on another file system it stays
 * beside its old place under another name, because only a rename keeps owners and times. Gives the name when that happened.
 */
export async function moveAside(target: string, savedAs: string): Promise<string | null> {
  if (await succeeds(rename(target, savedAs))) return null;
  const suffix = `.conflict-${randomUUID().slice(0, 8)}`;
  await rename(target, `${target}${suffix}`);
  return suffix;
}

/** Opened so that a link which took the file's place meanwhile is not followed. */
async function copyContent(from: string, to: string): Promise<void> {
  const source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { mode } = await source.stat();
    const copy = await open(to, "wx", mode & 0o777);
    try {
      await writeFrom(source, copy);
    } finally {
      await copy.close();
    }
  } finally {
    await source.close();
  }
}

type OpenFile = Awaited<ReturnType<typeof open>>;

/** Copies from one open file over another, from the beginning; what the second had beyond that is cut off last. */
export async function writeFrom(source: OpenFile, target: OpenFile): Promise<void> {
  const buffer = Buffer.alloc(256 * 1024);
  let position = 0;
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) break;
    for (let written = 0; written < bytesRead; ) {
      const { bytesWritten } = await target.write(buffer, written, bytesRead - written, position + written);
      written += bytesWritten;
    }
    position += bytesRead;
  }
  await target.truncate(position);
}

/** False where the file system cannot: across its border, or for a file that is not ours to link. */
async function succeeds(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
    if (["EXDEV", "EPERM", "EMLINK", "EOPNOTSUPP"].includes(code)) return false;
    throw thrown;
  }
}
