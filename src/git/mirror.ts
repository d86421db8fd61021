import { lstat, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mirrorRef } from "./git-job.ts";
import { giveTo, makeWorkerDirectory, type WorkerUser } from "./worker-user.ts";

const SKELETON = ["", "objects", "objects/info", "objects/pack", "refs", "refs/heads", "refs/tallyman"];

/**
 * Makes the mirror fit for a job: a bare repository whose config and hooks are ours whatever an earlier worker wrote, without the locks
 * and half packs of one that was killed. Nobody else uses it meanwhile. The layout is written here, so no git is needed on the host.
 */
export async function prepareMirror(mirror: string, user: WorkerUser, commit: string): Promise<void> {
  const places = SKELETON.map((directory) => join(mirror, directory));
  for (const place of places) {
    // A link where a directory belongs is the work of a worker gone bad; what follows must not be led out of the mirror.
    if ((await lstat(place).catch(() => null))?.isDirectory() === false) await dropMirror(mirror);
  }
  for (const place of places) await makeWorkerDirectory(user, place);
  for (const path of ["hooks", "info", "config.worktree", "objects/info/alternates", "objects/info/http-alternates"]) {
    await rm(join(mirror, path), { recursive: true, force: true });
  }
  await writeOwned(mirror, user, "HEAD", "ref: refs/heads/main\n");
  await writeOwned(mirror, user, "config", mirrorConfig(commit));
  await removeLitter(mirror);
}

/** Whether an earlier fetch of the commit came to its end: its ref is written last. */
export async function mirrorHas(mirror: string, commit: string): Promise<boolean> {
  return (await lstat(join(mirror, mirrorRef(commit))).catch(() => null))?.isFile() ?? false;
}

/**
 * After a fetch by name: whether the name still stood for the commit. If it had moved on, what came is another commit under this one's
 * ref, and is forgotten. A tag's ref names the tag object, so there the checkout is the judge.
 */
export async function keepsItsWord(mirror: string, commit: string, ref: string): Promise<boolean> {
  if (!ref.startsWith("refs/heads/")) return true;
  const path = join(mirror, mirrorRef(commit));
  const held = (await readFile(path, "utf8").catch(() => "")).trim();
  if (held !== commit) await rm(path, { force: true });
  return held === commit;
}

/** For a mirror that is broken: the next fetch begins with an empty one. */
export async function dropMirror(mirror: string): Promise<void> {
  await rm(mirror, { recursive: true, force: true });
}

function mirrorConfig(commit: string): string {
  const sha256 = commit.length === 64;
  const lines = ["[core]", `\trepositoryformatversion = ${sha256 ? 1 : 0}`, "\tbare = true"];
  return `${[...lines, ...(sha256 ? ["[extensions]", "\tobjectformat = sha256"] : [])].join("\n")}\n`;
}

async function writeOwned(mirror: string, user: WorkerUser, name: string, content: string): Promise<void> {
  // Removed first: a link that a worker left in its place must not lead the write elsewhere.
  await rm(join(mirror, name), { recursive: true, force: true });
  await writeFile(join(mirror, name), content, { flag: "wx", mode: 0o600 });
  await giveTo(user, join(mirror, name));
}

async function removeLitter(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (/\.lock$|^tmp_(pack|idx|rev|obj|objdir)|^incoming-/.test(entry.name))
      await rm(path, { recursive: true, force: true });
    else if (entry.isDirectory()) await removeLitter(path);
  }
}

/** Bytes and files below a directory, links not followed. */
export async function sizeOf(directory: string): Promise<{ readonly bytes: number; readonly files: number }> {
  let [bytes, files] = [0, 0];
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      const inner = await sizeOf(path);
      bytes += inner.bytes;
      files += inner.files;
    } else {
      files += 1;
      bytes += (await lstat(path).catch(() => null))?.size ?? 0;
    }
  }
  return { bytes, files };
}
