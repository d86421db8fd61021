import { createHash } from "node:crypto";
import { pack } from "tar-stream";

/** One thing in an image's only layer; `path` is absolute. */
export type LayerEntry =
  | { readonly kind: "file"; readonly path: string; readonly content: Buffer | string; readonly mode: number }
  | { readonly kind: "directory"; readonly path: string; readonly mode: number }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

/**
 * A layer as a tar: sorted, owned by root, without times, every parent directory named; so the same files give the same bytes. Of two
 * entries for one path the later one counts.
 */
export async function layerTar(entries: readonly LayerEntry[]): Promise<Buffer> {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  for (const parent of entries.flatMap(({ path }) => parents(path)))
    if (!byPath.has(parent)) byPath.set(parent, { kind: "directory", path: parent, mode: 0o755 });
  const archive = pack();
  const bytes = Array.fromAsync(archive as AsyncIterable<Buffer>);
  for (const entry of [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1))) addEntry(archive, entry);
  archive.finalize();
  return Buffer.concat(await bytes);
}

/** sha256 as 64 hex characters. */
export function digestOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function addEntry(archive: ReturnType<typeof pack>, entry: LayerEntry): void {
  const common = { name: entry.path.slice(1), uid: 0, gid: 0, mtime: new Date(0) };
  switch (entry.kind) {
    case "file":
      archive.entry({ ...common, mode: entry.mode }, entry.content);
      return;
    case "directory":
      archive.entry({ ...common, mode: entry.mode, type: "directory" });
      return;
    case "link":
      archive.entry({ ...common, mode: 0o777, type: "symlink", linkname: entry.target });
  }
}

function parents(path: string): readonly string[] {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
}
