import { createHash } from "node:crypto";
import { constants, readlinkSync } from "node:fs";
import { lstat, open, readdir, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { TallymanError } from "../error.ts";
import { resolveInside } from "../resolve-inside.ts";

/** What goes into a stack is written by people: beyond this a data folder was taken for an input. */
const MAX_FILES = 2000;
const MAX_BYTES = 10 * 1024 * 1024;

/** What of a folder its containers are made from: absolute paths, a folder standing for all that is in it. */
export interface NamedInputs {
  /** A change of one is a new commit. Links are followed. */
  readonly counted: readonly string[];
  /** The same for what a build is sent, where a link goes as a link. */
  readonly sent: readonly string[];
  /** Goes along as far as it is small: data inside a build context, which a build may want and containers write to all the time. */
  readonly copied: readonly string[];
  /** Only looked at: folders in which another input may appear. */
  readonly looked: readonly string[];
}

/** A file or link of the folder that goes into its stack. `path` is relative to the folder, without links on the way. */
export type FolderInput = { readonly path: string; readonly counts: boolean } & (
  | { readonly kind: "file"; readonly mode: number; readonly size: number; readonly mtime: Date }
  | { readonly kind: "link"; readonly target: string }
);

export interface FolderInputs {
  readonly inputs: readonly FolderInput[];
  /** Places whose content or entries were looked at, whether something is there or not. */
  readonly looked: readonly string[];
  /** Places of which only the kind was asked. While neither they nor the others change, the inputs do not either. */
  readonly kinds: readonly string[];
}

/**
 * The named files and links below the folder, links followed inside the folder and nowhere else. What is not there is left out. Throws
 * FolderUnreadable, and ComposeInvalid beyond 2,000 files or for one of more than 10 MiB.
 */
export async function findInputs(
  folder: string,
  { counted, sent, copied, looked }: NamedInputs,
  asked: Iterable<string> = [],
): Promise<FolderInputs> {
  const root = await realFolder(folder);
  const search = new Search(folder, root);
  for (const path of counted) await search.visit(search.placeOf(path));
  for (const path of sent) await search.visit(search.entryOf(path));
  for (const path of looked) search.look(search.placeOf(path));
  const kinds = [...asked].flatMap((path) => search.placeOf(path) ?? []);
  const seen = search.looked;
  for (const path of copied) await search.visit(search.entryOf(path), false);
  return { inputs: search.inputs, looked: seen, kinds: kinds.map((path) => join(root, path)) };
}

class Search {
  readonly #folder: string;
  readonly #root: string;
  readonly #inputs = new Map<string, FolderInput>();
  readonly #looked = new Set<string>();

  constructor(folder: string, root: string) {
    this.#folder = folder;
    this.#root = root;
  }

  get inputs(): readonly FolderInput[] {
    return [...this.#inputs.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  get looked(): readonly string[] {
    return [...this.#looked];
  }

  /** Where a path really lies, relative to the folder; the links on the way are inputs too. Null outside. */
  placeOf(path: string): string | null {
    const inner = insideOf(this.#folder, path);
    const segments = inner === null ? null : resolveInside(inner, (link) => this.#linkAt(link.join("/")));
    return segments?.join("/") ?? null;
  }

  /** The same, but a link at the very end is meant itself. */
  entryOf(path: string): string | null {
    const parent = this.placeOf(dirname(path));
    return parent === null ? null : join(parent, basename(path));
  }

  look(path: string | null): void {
    if (path !== null) this.#looked.add(join(this.#root, path));
  }

  async visit(path: string | null, counts = true): Promise<void> {
    if (path === null || this.#inputs.has(path)) return;
    this.look(path);
    const place = join(this.#root, path);
    const entry = await lstat(place).catch(() => null);
    if (entry?.isSymbolicLink()) this.#linkAt(path, counts);
    if (entry?.isFile()) {
      const { size, mtime } = entry;
      this.#add({ kind: "file", path, mode: entry.mode & 0o777, size, mtime, counts });
    }
    if (!entry?.isDirectory()) return;
    const names = await readdir(place).catch((cause: unknown) => {
      if (counts) throw unreadable(place, cause);
      return [];
    });
    for (const name of names) await this.visit(path === "" ? name : `${path}/${name}`, counts);
  }

  #linkAt(path: string, counts = true): string | null {
    const target = linkAt(join(this.#root, path));
    if (target === null) return null;
    this.look(path);
    this.#add({ kind: "link", path, target, counts });
    return target;
  }

  #add(input: FolderInput): void {
    const isLarge = input.kind === "file" && input.size > MAX_BYTES;
    const isMuch = this.#inputs.size >= MAX_FILES && !this.#inputs.has(input.path);
    if (!isLarge && !isMuch) return void this.#inputs.set(input.path, input);
    if (!input.counts) return;
    if (isLarge) throw tooMuch(`${join(this.#folder, input.path)} is larger than 10 MiB`);
    throw tooMuch(`${this.#folder} holds more than ${MAX_FILES} files that go into the stack`);
  }
}

/**
 * The commit that a folder is at: hex SHA-256 of the inputs that count. `write` gets every input with its content, as it was digested;
 * without it the others are not even read.
 */
export async function digestInputs(
  folder: string,
  inputs: readonly FolderInput[],
  write: ((input: FolderInput, content: Buffer) => Promise<void>) | null = null,
): Promise<string> {
  const root = await realFolder(folder);
  const all = createHash("sha256");
  for (const input of inputs) {
    if (!input.counts && !write) continue;
    const content = input.kind === "link" ? Buffer.from(input.target) : await contentOf(join(root, input.path));
    if (content === null) continue;
    if (input.counts) all.update(lineOf(input, content));
    await write?.(input, content);
  }
  return all.digest("hex");
}

function lineOf(input: FolderInput, content: Buffer): string {
  const executable = input.kind === "file" && (input.mode & 0o111) !== 0;
  const digest = createHash("sha256").update(content).digest("hex");
  return `${JSON.stringify(input.path)} ${executable ? "executable" : input.kind} ${digest}\n`;
}

/** Null for what went away meanwhile. Neither a pipe nor anything that a link put in the file's place is read. */
async function contentOf(place: string): Promise<Buffer | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(place, flags).catch((cause: unknown) => {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return null;
    throw unreadable(place, cause);
  });
  if (!file) return null;
  try {
    if ((await readlink(`/proc/self/fd/${file.fd}`)) !== place) return null;
    const { size } = await file.stat();
    if (size > MAX_BYTES) throw tooMuch(`${place} is larger than 10 MiB`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function realFolder(folder: string): Promise<string> {
  return realpath(folder).catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
}

function linkAt(place: string): string | null {
  try {
    return readlinkSync(place);
  } catch {
    return null;
  }
}

function insideOf(folder: string, path: string): string | null {
  const inner = relative(resolve(folder), resolve(path));
  return inner === ".." || inner.startsWith(`..${sep}`) ? null : inner;
}

export function unreadable(folder: string, cause: unknown): TallymanError {
  return new TallymanError("FolderUnreadable", `${folder} cannot be read`, {
    hint: "Check that the folder is there, its disk is mounted and Tallyman may read it. What runs goes on.",
    cause,
  });
}

function tooMuch(message: string): TallymanError {
  return new TallymanError("ComposeInvalid", message, {
    hint: "Keep data out of build contexts: list it in .dockerignore, or mount its folder, which does not count as an input.",
  });
}
