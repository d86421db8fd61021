import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { TallymanError } from "../error.ts";
import type { ProjectFiles } from "../project-files.ts";
import { resolveInside } from "../resolve-inside.ts";

/** Beyond this no Compose file, env file or config is meant seriously. */
const MAX_BYTES = 10 * 1024 * 1024;

/**
 * The files of one tree that nobody here wrote: they lie under `from` and are asked for by their place under `seenAs`, where they will be
 * live. Nothing outside is ever read: `..`, absolute paths elsewhere, links that lead out, pipes and devices are PolicyViolation.
 */
export function diskFiles(options: { readonly seenAs: string; readonly from: string }): ProjectFiles {
  const seenAs = resolve(options.seenAs);
  const shown = (path: string) => insideOf(seenAs, path) || path;
  const place = placeIn(options);
  return {
    read: (path) => readRegular(place(path), shown(path)),
    kind(path) {
      // The search for a Compose file climbs to the parent folders: there nothing exists, and nothing is told.
      if (insideOf(seenAs, path) === null && insideOf(dirname(path), seenAs)) return null;
      const found = lstatSync(place(path), { throwIfNoEntry: false });
      if (!found) return null;
      if (found.isDirectory()) return "directory";
      return found.isFile() ? "file" : refuse(shown(path), "is neither a file nor a directory");
    },
  };
}

/** Where a path under `seenAs` really lies below `from`, links followed. The function throws PolicyViolation for what leaves the tree. */
export function placeIn(options: { readonly seenAs: string; readonly from: string }): (path: string) => string {
  const seenAs = resolve(options.seenAs);
  const root = realpathSync(options.from);
  return (path) => {
    const inTree = insideOf(seenAs, path);
    const segments = inTree === null ? null : resolveInside(inTree, (link) => linkAt(join(root, ...link)));
    return segments ? join(root, ...segments) : refuse(inTree || path, "leaves the repository");
  };
}

/** The caller's own disk, for the stand-alone commands: what they may read, they may have read, pipes included. */
export function openDiskFiles(): ProjectFiles {
  return {
    read: (path) => withOpen(path, constants.O_RDONLY, path, (file) => readText(file, path)),
    kind(path) {
      const found = statSync(path, { throwIfNoEntry: false });
      if (!found) return null;
      return found.isDirectory() ? "directory" : "file";
    },
  };
}

/** The path relative to the root, or null outside of it. A sibling such as `/base-evil` is outside of `/base`. */
function insideOf(root: string, path: string): string | null {
  if (!path.startsWith("/") || path.includes("\0")) return null;
  const inner = relative(root, resolve(path));
  return inner === ".." || inner.startsWith(`..${sep}`) ? null : inner;
}

function linkAt(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** Opened so that a pipe cannot hold us up and a link that came meanwhile is not followed; judged by what was opened. */
function readRegular(real: string, shown: string): string | null {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY;
  return withOpen(real, flags, shown, (file) => {
    const found = fstatSync(file);
    return found.isFile() || found.isDirectory() ? readText(file, shown) : refuse(shown, "is not a regular file");
  });
}

function withOpen(path: string, flags: number, shown: string, work: (file: number) => string): string | null {
  let file: number;
  try {
    file = openSync(path, flags);
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    if (code === "ENXIO" || code === "ELOOP") return refuse(shown, "is not a regular file");
    throw invalid(shown, `cannot be read (${code})`, "Check its permissions.");
  }
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
}

function readText(file: number, shown: string): string {
  if (fstatSync(file).isDirectory()) throw invalid(shown, "is a directory, not a file", "Name a file inside it.");
  const chunks: Buffer[] = [];
  for (let total = 0; ; ) {
    const chunk = Buffer.alloc(64 * 1024);
    const length = readSync(file, chunk);
    if (length === 0) break;
    total += length;
    if (total > MAX_BYTES) throw invalid(shown, "is larger than 10 MiB", "Keep large data out of configuration files.");
    chunks.push(chunk.subarray(0, length));
  }
  const text = Buffer.concat(chunks).toString("utf8");
  if (text.startsWith("version https://git-lfs.github.com/spec/"))
    throw invalid(shown, "is a Git LFS pointer, not the file itself", "Keep configuration out of Git LFS.");
  return text;
}

function invalid(shown: string, what: string, hint: string): TallymanError {
  return new TallymanError("ComposeInvalid", `${shown} ${what}`, { hint });
}

function refuse(shown: string, what: string): never {
  throw new TallymanError("PolicyViolation", `${shown} ${what}`, {
    hint: "Only regular files inside the repository are read; copy the file into it.",
  });
}
