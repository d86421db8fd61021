import { randomUUID } from "node:crypto";
import { lstat, mkdir, readdir, rm, rmdir, statfs, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { TallymanError } from "../error.ts";
import { giveTo, type WorkerUser } from "./worker-user.ts";

/** Puts files where one worker can read them, in memory only, and takes them away again. */
export interface SecretFiles {
  /** `work` gets the directory's path; the files are gone when it settles. Throws WorkerFailed when there is no memory file system. */
  with<T>(files: Readonly<Record<string, string>>, work: (directory: string) => Promise<T>): Promise<T>;
}

/** From statfs(2). */
const MEMORY_FILE_SYSTEMS = new Set([0x01021994, 0x858458f6]);

/** `directory` belongs to this daemon alone: what an earlier process left there is removed at first use. */
export function createSecretFiles(directory: string, user: WorkerUser): SecretFiles {
  let prepared: Promise<string> | undefined;
  let closed: Promise<void> = Promise.resolve();
  let users = 0;
  const open = async (): Promise<string> => {
    users += 1;
    await closed;
    prepared ??= prepare(directory);
    return await prepared;
  };
  // The last one out takes the directory along: an idle daemon, or one that is gone, leaves nothing.
  const leave = async (): Promise<void> => {
    users -= 1;
    if (users > 0 || !prepared) return;
    const parent = prepared;
    prepared = undefined;
    closed = parent.then(rmdir).catch(() => undefined);
    await closed;
  };
  return {
    async with(files, work) {
      try {
        const own = join(await open(), randomUUID());
        try {
          await write(own, files, user);
          return await work(own);
        } finally {
          await rm(own, { recursive: true, force: true });
        }
      } finally {
        await leave();
      }
    },
  };
}

/** The directory itself when it lies in memory, else one of the same name in /dev/shm: a secret never reaches a disk. */
async function prepare(directory: string): Promise<string> {
  for (const candidate of [directory, `/dev/shm/tallyman-${basename(directory)}`]) {
    if (await isPrivateMemory(candidate)) {
      for (const name of await readdir(candidate)) await rm(join(candidate, name), { recursive: true, force: true });
      return candidate;
    }
  }
  throw new TallymanError("WorkerFailed", `neither ${directory} nor /dev/shm is a memory file system of our own`, {
    hint: `Mount a tmpfs at ${directory}: credentials are handed to workers there and must not reach a disk.`,
  });
}

async function isPrivateMemory(path: string): Promise<boolean> {
  try {
    const made = await mkdir(path, { recursive: true, mode: 0o700 });
    const [entry, fileSystem] = [await lstat(path), await statfs(path)];
    const ours = entry.isDirectory() && entry.uid === (process.getuid?.() ?? 0) && (entry.mode & 0o077) === 0;
    if (ours && MEMORY_FILE_SYSTEMS.has(fileSystem.type)) return true;
    if (made !== undefined) await rmdir(path);
    return false;
  } catch {
    return false;
  }
}

async function write(directory: string, files: Readonly<Record<string, string>>, user: WorkerUser): Promise<void> {
  await mkdir(directory, { mode: 0o700 });
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(directory, name), content, { flag: "wx", mode: 0o600 });
    await giveTo(user, join(directory, name));
  }
  await giveTo(user, directory);
}
