import { readFile, rename, writeFile } from "node:fs/promises";

/** What we wrote at a path of the live tree: a file's digest, or a link's target. */
export interface TreeEntry {
  readonly kind: "file" | "executable" | "link";
  /** SHA-256 in hex, or the link's target. */
  readonly content: string;
}

/** By path relative to the tree. A Map, as a repository may hold a file named `__proto__`. */
export type TreeEntries = ReadonlyMap<string, TreeEntry>;

/** The live tree as we know it. */
export interface TreeManifest {
  /** Where it was: a stack that moves to another folder knows nothing of the files there. */
  readonly tree: string;
  readonly entries: TreeEntries;
  /** What a switch that did not come to its end was writing: those files are ours too. */
  readonly incoming: TreeEntries;
  /** Paths that it was overwriting in place, after a person's change there was saved: half of each file may be written. */
  readonly overwriting: readonly string[];
}

/** An unreadable manifest, or one of another folder, counts as none: then every file in the way is saved before it is replaced. */
export async function readManifest(path: string, tree: string): Promise<TreeManifest> {
  try {
    const value = JSON.parse(await readFile(path, "utf8")) as Stored;
    const { overwriting = [] } = value;
    if ((value.tree ?? tree) === tree)
      return { tree, entries: new Map(value.entries), incoming: new Map(value.incoming), overwriting };
  } catch {
    // Falls through to an empty one.
  }
  return { tree, entries: new Map(), incoming: new Map(), overwriting: [] };
}

/** Older versions wrote neither the folder nor what was being overwritten. */
interface Stored {
  readonly tree?: string;
  readonly entries: [string, TreeEntry][];
  readonly incoming: [string, TreeEntry][];
  readonly overwriting?: string[];
}

export async function writeManifest(path: string, manifest: TreeManifest): Promise<void> {
  const { entries, incoming } = manifest;
  const text = JSON.stringify({ ...manifest, entries: [...entries], incoming: [...incoming] });
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

export function sameEntry(a: TreeEntry | undefined, b: TreeEntry): boolean {
  return a !== undefined && a.kind === b.kind && a.content === b.content;
}
