import { createHash } from "node:crypto";
import { constants, readlinkSync } from "node:fs";
import { lstat, open, readdir, readlink, realpath } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { TallymanError } from "../error.ts";
import { resolveInside } from "../resolve-inside.ts";

/** What goes into a stack is written by people: beyond this a data folder was taken for an input. */
const MAX_FILES = 2000;
const MAX_BYTES = 10 * 1024 * 1024;

/** A file or link of the folder that goes into its stack. `path` is relative to the folder, without links on the way. */
export type FolderInput =
  | { readonly kind: "file"; readonly path: string; readonly mode: number; readonly mtime: Date }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

export interface FolderInputs {
  readonly inputs: readonly FolderInput[];
  /** Every place that was looked at, whether something is there or not: while none changes, the inputs do not either. */
  readonly looked: readonly string[];
}

/**
 * The files at absolute `paths` below the folder, whole folders with all that is in them; links are followed inside the folder and
 * nowhere else. What is not there is left out. `asked` are only looked at. Throws FolderUnreadable, and ComposeInvalid beyond 2,000 files.
 */
export async function findInputs(
  folder: string,
  { paths, asked }: { readonly paths: Iterable<string>; readonly asked: Iterable<string> },
): Promise<FolderInputs> {
  const search = new Search(folder, await realFolder(folder));
  for (const path of paths) await search.visit(search.placeOf(path));
  for (const path of asked) search.placeOf(path);
  return search.found();
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

  found(): FolderInputs {
    const inputs = [...this.#inputs.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
    return { inputs, looked: [...this.#looked] };
  }

  /** Where a path really lies, relative to the folder; the links on the way are inputs too. Null outside. */
  placeOf(path: string): string | null {
    const inner = insideOf(this.#folder, path);
    const segments = inner === null ? null : resolveInside(inner, (link) => this.#linkAt(link.join("/")));
    if (!segments) return null;
    this.#looked.add(join(this.#root, ...segments));
    return segments.join("/");
  }

  async visit(path: string | null): Promise<void> {
    if (path === null || this.#inputs.has(path)) return;
    const place = join(this.#root, path);
    this.#looked.add(place);
    const entry = await lstat(place).catch(() => null);
    if (entry?.isSymbolicLink()) this.#linkAt(path);
    if (entry?.isFile()) this.#add({ kind: "file", path, mode: entry.mode & 0o777, mtime: entry.mtime });
    if (!entry?.isDirectory()) return;
    for (const name of await readdir(place)) await this.visit(path === "" ? name : `${path}/${name}`);
  }

  #linkAt(path: string): string | null {
    const target = linkAt(join(this.#root, path));
    if (target === null) return null;
    this.#looked.add(join(this.#root, path));
    this.#add({ kind: "link", path, target });
    return target;
  }

  #add(input: FolderInput): void {
    this.#inputs.set(input.path, input);
    if (this.#inputs.size > MAX_FILES)
      throw tooMuch(`${this.#folder} holds more than ${MAX_FILES} files that go into the stack`);
  }
}

/** The commit that a folder is at: hex SHA-256 of its inputs. `write` gets each one with its content, as it was digested. */
export async function digestInputs(
  folder: string,
  inputs: readonly FolderInput[],
  write: (input: FolderInput, content: Buffer) => Promise<void> = async () => undefined,
): Promise<string> {
  const root = await realFolder(folder);
  const all = createHash("sha256");
  for (const input of inputs) {
    const content = input.kind === "link" ? Buffer.from(input.target) : await contentOf(join(root, input.path));
    if (content === null) continue;
    const executable = input.kind === "file" && (input.mode & 0o111) !== 0;
    const digest = createHash("sha256").update(content).digest("hex");
    all.update(`${JSON.stringify(input.path)} ${executable ? "executable" : input.kind} ${digest}\n`);
    await write(input, content);
  }
  return all.digest("hex");
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
    hint: "Keep data out of build contexts and configuration: mount its folder, which does not count as an input.",
  });
}
