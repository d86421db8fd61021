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
}

/** An unreadable manifest counts as none: then every file in the way is saved before it is replaced. */
export async function readManifest(path: string): Promise<TreeManifest> {
  try {
    const value = JSON.parse(await readFile(path, "utf8")) as {
      entries: [string, TreeEntry][];
      incoming: [string, TreeEntry][];
    };
    return { entries: new Map(value.entries), incoming: new Map(value.incoming) };
  } catch {
    return { entries: new Map(), incoming: new Map() };
  }
}

export async function writeManifest(path: string, manifest: TreeManifest): Promise<void> {
  const text = JSON.stringify({ entries: [...manifest.entries], incoming: [...manifest.incoming] });
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

export function sameEntry(a: TreeEntry | undefined, b: TreeEntry): boolean {
  return a !== undefined && a.kind === b.kind && a.content === b.content;
}
