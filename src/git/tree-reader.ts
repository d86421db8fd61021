import { createHash } from "node:crypto";
import { constants, readlinkSync } from "node:fs";
import { lstat, open, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { resolveInside } from "../resolve-inside.ts";
import type { Checkout, Unusable } from "../source.ts";
import type { TreeEntries, TreeEntry } from "./tree-manifest.ts";

/** What a checkout holds. */
export interface TreeReading {
  /** Every file and link, by path relative to the checkout. */
  readonly entries: TreeEntries;
  /** What is of no use to a container. */
  readonly unusable: ReadonlyMap<string, Unusable>;
}

/**
 * Reads a checkout. Left out of the entries are links that lead out of the tree: nothing that a container is given may point to the
 * host (source: security.md, A2); and names that are no UTF-8, which no Compose file could mean.
 */
export async function readTree(root: string): Promise<TreeReading> {
  const entries = new Map<string, TreeEntry>();
  const unusable = new Map<string, Unusable>(await emptySubmodules(root));
  const walk = async (directory: string): Promise<void> => {
    for (const name of await readdir(join(root, directory))) {
      const path = directory === "" ? name : `${directory}/${name}`;
      const entry = await readEntry(join(root, path));
      if (entry === "directory") {
        await walk(path);
        continue;
      }
      const fault = await faultOf(root, path, entry);
      if (fault !== null) unusable.set(path, fault);
      // A pointer is a file like others until something uses it.
      if (entry !== null && entry !== "other" && fault !== "outer-link") entries.set(path, entry);
    }
  };
  await walk("");
  return { entries, unusable };
}

async function faultOf(root: string, path: string, entry: TreeEntry | "other" | null): Promise<Unusable | null> {
  // Git checks out files, links and folders alone, so what is none of them was not found under the name that we read.
  if (entry === null || entry === "other") return "odd-name";
  if (entry.kind === "link") return staysInside(root, path) ? null : "outer-link";
  return (await isLfsPointer(join(root, path))) ? "lfs-pointer" : null;
}

/** Path → digest of its content, or a link's target; what can be executed differs from the same content that cannot. */
export function digestsOf(entries: TreeEntries): ReadonlyMap<string, string> {
  const digest = ({ kind, content }: TreeEntry): string =>
    kind === "executable" ? createHash("sha256").update(`executable ${content}`).digest("hex") : content;
  return new Map([...entries].map(([path, entry]) => [path, digest(entry)]));
}

/** What a checkout tells of its tree: read when somebody asks, and only once. */
export function lazyReading(root: string): Required<Pick<Checkout, "digests" | "unusable">> {
  let reading: Promise<TreeReading> | undefined;
  const read = (): Promise<TreeReading> => {
    reading ??= readTree(root);
    return reading;
  };
  return {
    digests: async () => digestsOf((await read()).entries),
    unusable: async () => (await read()).unusable,
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

/** Folders that stand for another repository, whose files are not fetched. */
async function emptySubmodules(root: string): Promise<readonly (readonly [string, "submodule"])[]> {
  const text = await readFile(join(root, ".gitmodules"), { encoding: "utf8", flag: constants.O_NOFOLLOW }).catch(
    () => "",
  );
  const paths = [...text.matchAll(/^\s*path\s*=\s*(.*?)\s*$/gm)].flatMap(([, path = ""]) => {
    const segments = resolveInside(path, () => null);
    return segments ? [segments.join("/")] : [];
  });
  const empty = await Promise.all(paths.map(async (path) => (await names(join(root, path)))?.length === 0));
  return paths.filter((_, index) => empty[index]).map((path) => [path, "submodule"] as const);
}

function names(directory: string): Promise<readonly string[] | null> {
  return readdir(directory).catch(() => null);
}

/** Source: Git LFS specification, "The Pointer": shorter than 1024 bytes, the version first. */
async function isLfsPointer(path: string): Promise<boolean> {
  if ((await lstat(path)).size >= 1024) return false;
  const text = await readFile(path, { encoding: "latin1", flag: constants.O_NOFOLLOW | constants.O_NONBLOCK });
  return text.startsWith("version https://git-lfs.github.com/spec/");
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
