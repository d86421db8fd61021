import { createHash } from "node:crypto";
import { constants, readlinkSync } from "node:fs";
import { lstat, open, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { resolveInside } from "../resolve-inside.ts";
import type { TreeEntries, TreeEntry } from "./tree-manifest.ts";

/**
 * Every file and link of a checkout, by path relative to it. Left out are links that lead out of the tree: nothing that a container
 * is given may point to the host. Source: security.md, A2.
 */
export async function readTree(root: string): Promise<TreeEntries> {
  const entries = new Map<string, TreeEntry>();
  const walk = async (directory: string): Promise<void> => {
    for (const name of await readdir(join(root, directory))) {
      const path = directory === "" ? name : `${directory}/${name}`;
      const entry = await readEntry(join(root, path));
      if (entry === "directory") await walk(path);
      else if (entry && entry !== "other" && (entry.kind !== "link" || staysInside(root, path)))
        entries.set(path, entry);
    }
  };
  await walk("");
  return entries;
}

/** Path → digest of its content, or a link's target; what can be executed differs from the same content that cannot. */
export function digestsOf(entries: TreeEntries): ReadonlyMap<string, string> {
  const digest = ({ kind, content }: TreeEntry): string =>
    kind === "executable" ? createHash("sha256").update(`executable ${content}`).digest("hex") : content;
  return new Map([...entries].map(([path, entry]) => [path, digest(entry)]));
}

/** The digests of a tree, read when somebody asks and only once. */
export function lazyDigests(root: string): () => Promise<ReadonlyMap<string, string>> {
  let reading: Promise<ReadonlyMap<string, string>> | undefined;
  return () => {
    reading ??= readTree(root).then(digestsOf);
    return reading;
  };
}

/** What lies at a path, a link there not followed; null for nothing, `other` for what is no file, link or directory. */
export async function readEntry(path: string): Promise<TreeEntry | "directory" | "other" | null> {
  const found = await lstat(path).catch(() => null);
  if (!found) return null;
  if (found.isDirectory()) return "directory";
  if (found.isSymbolicLink()) return { kind: "link", content: await readlink(path) };
  if (!found.isFile()) return "other";
  return { kind: (found.mode & 0o111) === 0 ? "file" : "executable", content: await digestOf(path) };
}

function staysInside(root: string, path: string): boolean {
  return resolveInside(path, (segments) => linkAt(join(root, ...segments))) !== null;
}

function linkAt(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** Opened so that neither a link nor a pipe that took the file's place meanwhile is read. */
async function digestOf(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const hash = createHash("sha256");
    const buffer = Buffer.alloc(256 * 1024);
    for (let { bytesRead } = await file.read(buffer); bytesRead > 0; { bytesRead } = await file.read(buffer)) {
      hash.update(buffer.subarray(0, bytesRead));
    }
    return hash.digest("hex");
  } finally {
    await file.close();
  }
}
