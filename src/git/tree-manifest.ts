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
  readonly entries: TreeEntries;
  /** What a switch that did not come to its end was writing: those files are ours too. */
  readonly incoming: TreeEntries;
  /** Paths that it was overwriting in place, after a person's change there was saved: half of each file may be written. */
  readonly overwriting: readonly string[];
}

/** An unreadable manifest counts as none: then every file in the way is saved before it is replaced. */
export async function readManifest(path: string): Promise<TreeManifest> {
  try {
    const value = JSON.parse(await readFile(path, "utf8")) as {
      entries: [string, TreeEntry][];
      incoming: [string, TreeEntry][];
      overwriting?: string[];
    };
    const overwriting = value.overwriting ?? [];
    return { entries: new Map(value.entries), incoming: new Map(value.incoming), overwriting };
  } catch {
    return { entries: new Map(), incoming: new Map(), overwriting: [] };
  }
}

export async function writeManifest(path: string, { entries, incoming, overwriting }: TreeManifest): Promise<void> {
  const text = JSON.stringify({ entries: [...entries], incoming: [...incoming], overwriting });
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

export function sameEntry(a: TreeEntry | undefined, b: TreeEntry): boolean {
  return a !== undefined && a.kind === b.kind && a.content === b.content;
}
