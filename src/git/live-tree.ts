import { chmod, constants, copyFile, mkdir, open, rename, rmdir, symlink, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SavedConflict } from "../source.ts";
import { type HeldDirectory, holdChild, holdDirectory } from "./held-directory.ts";
import { moveAside, placeForConflict, saveFile, writeFrom } from "./save-conflict.ts";
import { readManifest, sameEntry, type TreeEntry, type TreeManifest, writeManifest } from "./tree-manifest.ts";
import { readEntry, readTree } from "./tree-reader.ts";

export interface LiveTree {
  readonly tree: string;
  readonly manifest: string;
  /** Directory of this switch for what was changed by hand; made only when needed. */
  readonly conflicts: string;
}

/**
 * Makes the live tree hold the files of a checkout. A file is replaced by rename, so a container that has it open keeps the old one;
 * those named in `inPlace` are overwritten instead. An unchanged file is not touched. What git does not know stays; what a person
 * changed is saved first. Interrupted, it can simply run again.
 */
export async function switchLiveTree(
  live: LiveTree,
  staging: string,
  inPlace: readonly string[] = [],
): Promise<readonly SavedConflict[]> {
  const { entries: wanted } = await readTree(staging);
  const known = await readManifest(live.manifest, live.tree);
  if (await mkdir(live.tree, { recursive: true, mode: 0o700 })) await chmod(live.tree, 0o755);
  const manifest = { ...known, incoming: wanted };
  await writeManifest(live.manifest, manifest);
  const root = await holdDirectory(live.tree);
  const switching: Switch = { live, staging, root, manifest, known, inPlace, overwritten: [], saved: [] };
  try {
    for (const path of new Set([...known.entries.keys(), ...known.incoming.keys()])) {
      if (!wanted.has(path)) await removeTracked(switching, path);
    }
    for (const [path, entry] of wanted) await place(switching, path, entry);
  } finally {
    await root.close();
  }
  await writeManifest(live.manifest, { ...manifest, entries: wanted, incoming: new Map(), overwriting: [] });
  return switching.saved;
}

/** Name of a file while it is being written. One at a time, so what a killed switch left is overwritten by the next. */
const INCOMING = ".tallyman-incoming";

interface Switch {
  readonly live: LiveTree;
  readonly staging: string;
  readonly root: HeldDirectory;
  /** As it was written when this switch began, and what it said before. */
  readonly manifest: TreeManifest;
  readonly known: TreeManifest;
  readonly inPlace: readonly string[];
  readonly overwritten: string[];
  readonly saved: SavedConflict[];
}

async function place(switching: Switch, path: string, entry: TreeEntry): Promise<void> {
  await inParent(switching, path, "make", async (parent, name) => {
    const target = `${parent.path}/${name}`;
    const found = await readEntry(target);
    if (isEntry(found) && sameEntry(found, entry)) return;
    const overwrites = switching.inPlace.includes(path) && isEntry(found) && found.kind !== "link";
    if (overwrites && entry.kind !== "link") return overwrite(switching, path, target, found, entry);
    await makeRoom(switching, parent, path);
    const temporary = `${parent.path}/${INCOMING}`;
    await unlink(temporary).catch(() => {});
    if (entry.kind === "link") await symlink(entry.content, temporary);
    else await copyContent(join(switching.staging, path), temporary, modeOf(entry));
    await rename(temporary, target);
  });
}

/** The mode is set whatever the daemon's umask: containers read these files as other users. */
async function copyContent(from: string, to: string, mode: number): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await chmod(to, mode);
}

function modeOf({ kind }: TreeEntry): number {
  return kind === "executable" ? 0o755 : 0o644;
}

/** The same file gets the new content. It is noted first: after a kill, half of it is no person's change. */
async function overwrite(
  switching: Switch,
  path: string,
  target: string,
  found: TreeEntry,
  entry: TreeEntry,
): Promise<void> {
  if (!isOurs(switching, path, found)) await saveCopy(switching, target, path, false);
  switching.overwritten.push(path);
  const overwriting = [...switching.known.overwriting, ...switching.overwritten];
  await writeManifest(switching.live.manifest, { ...switching.manifest, overwriting });
  const source = await open(join(switching.staging, path), constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const file = await open(target, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      await writeFrom(source, file);
      if (found.kind !== entry.kind) await file.chmod(modeOf(entry));
    } finally {
      await file.close();
    }
  } finally {
    await source.close();
  }
}

async function removeTracked(switching: Switch, path: string): Promise<void> {
  await inParent(switching, path, "only real", async (parent, name) => {
    const target = `${parent.path}/${name}`;
    const found = await readEntry(target);
    // What someone else put there is not ours to remove.
    if (!isEntry(found)) return;
    if (!isOurs(switching, path, found)) await saveCopy(switching, target, path, true);
    await unlink(target);
  });
  await removeEmptyParents(switching, path);
}

async function removeEmptyParents(switching: Switch, path: string): Promise<void> {
  for (let directory = dirname(path); directory !== "."; directory = dirname(directory)) {
    const removed = await inParent(switching, directory, "only real", (parent, name) =>
      rmdir(`${parent.path}/${name}`).then(
        () => true,
        () => false,
      ),
    );
    if (!removed) return;
  }
}

/**
 * Does something in the directory that holds `path`, reached step by step without following a link. `make` makes room for missing
 * directories; with `only real` nothing happens (null) where one is missing or is no directory.
 */
async function inParent<T>(
  switching: Switch,
  path: string,
  missing: "make" | "only real",
  work: (parent: HeldDirectory, name: string) => Promise<T>,
): Promise<T | null> {
  const names = path.split("/");
  let parent = switching.root;
  try {
    for (const [depth, name] of names.slice(0, -1).entries()) {
      const here = names.slice(0, depth + 1).join("/");
      const child = await (missing === "make" ? makeChild(switching, parent, here) : holdChild(parent, name));
      if (parent !== switching.root) await parent.close();
      parent = child ?? switching.root;
      if (!child) return null;
    }
    return await work(parent, names.at(-1) ?? "");
  } finally {
    if (parent !== switching.root) await parent.close();
  }
}

async function makeChild(switching: Switch, parent: HeldDirectory, path: string): Promise<HeldDirectory | null> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const there = await holdChild(parent, name);
  if (there) return there;
  await makeRoom(switching, parent, path);
  await unlink(`${parent.path}/${name}`).catch(() => {});
  await mkdir(`${parent.path}/${name}`);
  await chmod(`${parent.path}/${name}`, 0o755);
  return holdChild(parent, name);
}

/** Before something is put at a path: an empty directory goes, what is not ours is saved. A file is left for the caller to replace. */
async function makeRoom(switching: Switch, parent: HeldDirectory, path: string): Promise<void> {
  const target = `${parent.path}/${path.slice(path.lastIndexOf("/") + 1)}`;
  const found = await readEntry(target);
  if (found === null || (isEntry(found) && isOurs(switching, path, found))) return;
  if (isEntry(found)) return saveCopy(switching, target, path, true);
  const emptied =
    found === "directory" &&
    (await rmdir(target).then(
      () => true,
      () => false,
    ));
  if (emptied) return;
  const savedAs = await placeForConflict(switching.live.conflicts, path);
  const suffix = await moveAside(target, savedAs);
  switching.saved.push({ path, savedAs: suffix === null ? savedAs : `${join(switching.live.tree, path)}${suffix}` });
}

/** With `sharing`, a second name for the same file: the path itself is never empty, and its successor takes it by rename. */
async function saveCopy(switching: Switch, target: string, path: string, sharing: boolean): Promise<void> {
  const savedAs = await placeForConflict(switching.live.conflicts, path);
  await saveFile(target, savedAs, sharing);
  switching.saved.push({ path, savedAs });
}

function isOurs({ known }: Switch, path: string, found: TreeEntry): boolean {
  const ours = [known.entries.get(path), known.incoming.get(path)];
  return ours.some((entry) => sameEntry(entry, found)) || known.overwriting.includes(path);
}

function isEntry(found: Awaited<ReturnType<typeof readEntry>>): found is TreeEntry {
  return typeof found === "object" && found !== null;
}
