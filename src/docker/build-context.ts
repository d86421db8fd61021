import { lstat, readdir, readFile, readlink, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { TallymanError } from "../error.ts";
import type { Build } from "../project.ts";
import { type IgnoreRules, ignoreRules } from "./build-ignore.ts";

/** One thing that is sent; `path` is relative to the context. */
export type ContextEntry =
  | { readonly kind: "file"; readonly path: string; readonly mode: number; readonly mtime: Date; readonly size: number }
  | { readonly kind: "directory"; readonly path: string; readonly mode: number; readonly mtime: Date }
  | { readonly kind: "link"; readonly path: string; readonly target: string; readonly mtime: Date };

/** What a build is given: the files below `directory`, and a Dockerfile that may lie elsewhere. */
export interface BuildContext {
  /** Absolute, without links. */
  readonly directory: string;
  readonly entries: readonly ContextEntry[];
  /** Where the Dockerfile lies in the context, if it does. */
  readonly dockerfile: string;
  /** Its text when it is no file of the context: then it is sent beside it, so that no `COPY . .` sees it. */
  readonly addedDockerfile: string | null;
}

export interface ContextRequest {
  readonly serviceName: string;
  readonly build: Build;
  /** Where a path of the model lies on this disk. Throws PolicyViolation for what may not be read. */
  readonly placeOf: (path: string) => string;
}

export interface TreeRequest extends Pick<ContextRequest, "serviceName" | "placeOf"> {
  /** Of the build's section, for messages. */
  readonly field: string;
  readonly path: string;
}

/** Beyond this a context is a mistake, most often a missing `.dockerignore`. */
const MAX_ENTRIES = 200_000;
const MAX_BYTES = 4 * 2 ** 30;
const MAX_TEXT_BYTES = 256 * 1024;

/**
 * Lists what a build is sent. Links are listed as links and never followed; pipes, sockets and devices are left out.
 * Throws BuildFailed that names the service. Source: compose.md §3.7; moby's build context.
 */
export async function readContext(request: ContextRequest, signal: AbortSignal): Promise<BuildContext> {
  const { build, serviceName } = request;
  const directory = await directoryOf({ ...request, field: "context", path: build.context });
  const { path, text } = await dockerfileOf(request);
  const rules = ignoreRules(await ignoreText(request, path));
  const inside = text === null ? relative(build.context, path) : null;
  const entries = await new Walk(directory, serviceName, rules, inside, signal).entries();
  if (inside !== null) return { directory, entries, dockerfile: inside, addedDockerfile: null };
  return { directory, entries, dockerfile: "Dockerfile", addedDockerfile: text };
}

/** Lists a folder that a build is given beside its context, as far as its own `.dockerignore` lets it. Throws as `readContext` does. */
export async function readTree(request: TreeRequest, signal: AbortSignal): Promise<BuildContext> {
  const directory = await directoryOf(request);
  const ignore = join(request.path, ".dockerignore");
  const rules = ignoreRules((await smallText(request.placeOf(ignore), request.serviceName, ignore)) ?? "");
  const entries = await new Walk(directory, request.serviceName, rules, null, signal).entries();
  return { directory, entries, dockerfile: "", addedDockerfile: null };
}

async function directoryOf({ serviceName, field, path, placeOf }: TreeRequest): Promise<string> {
  const directory = await realpath(placeOf(path)).catch(() => "");
  const found = directory === "" ? null : await lstat(directory);
  if (!found?.isDirectory()) throw wrong(serviceName, field, `${path} is no directory`);
  return directory;
}

/** The Dockerfile's text; empty when it is a link or too large to be one. */
export async function dockerfileText({ directory, dockerfile, addedDockerfile }: BuildContext): Promise<string> {
  if (addedDockerfile !== null) return addedDockerfile;
  const place = join(directory, dockerfile);
  const found = await lstat(place).catch(() => null);
  return found?.isFile() && found.size <= MAX_TEXT_BYTES ? await readFile(place, "utf8") : "";
}

/** The Dockerfile's place in the model; its text when it is inline or outside of the context. */
async function dockerfileOf(request: ContextRequest): Promise<{ readonly path: string; readonly text: string | null }> {
  const { build, serviceName, placeOf } = request;
  const path = resolve(build.context, build.dockerfile ?? "Dockerfile");
  if (build.dockerfile_inline !== undefined) return { path, text: build.dockerfile_inline };
  const inner = relative(build.context, path);
  const isInside = inner !== "" && inner !== ".." && !inner.startsWith("../") && !isAbsolute(inner);
  if (isInside) {
    const found = await lstat(join(placeOf(build.context), inner)).catch(() => null);
    if (!found || found.isDirectory()) throw wrong(serviceName, "dockerfile", `${path} is no file`);
    return { path, text: null };
  }
  const text = await smallText(placeOf(path), serviceName, path);
  if (text === null) throw wrong(serviceName, "dockerfile", `${path} is no file`);
  return { path, text };
}

/** `<Dockerfile>.dockerignore` stands above `.dockerignore`. */
async function ignoreText({ build, serviceName, placeOf }: ContextRequest, dockerfile: string): Promise<string> {
  for (const path of [`${dockerfile}.dockerignore`, join(build.context, ".dockerignore")]) {
    const text = await smallText(placeOf(path), serviceName, path);
    if (text !== null) return text;
  }
  return "";
}

async function smallText(place: string, serviceName: string, shown: string): Promise<string | null> {
  const found = await lstat(await realpath(place).catch(() => place)).catch(() => null);
  if (!found?.isFile()) return null;
  if (found.size > MAX_TEXT_BYTES) throw wrong(serviceName, "context", `${shown} is larger than 256 KiB`);
  return await readFile(place, "utf8");
}

/** One walk over a context, in the order of names, so that the same files always give the same list. */
class Walk {
  readonly #directory: string;
  readonly #serviceName: string;
  readonly #rules: IgnoreRules;
  /** Sent whatever the rules say: without it nothing can be built. */
  readonly #dockerfile: string | null;
  readonly #signal: AbortSignal;
  readonly #entries: ContextEntry[] = [];
  #bytes = 0;

  constructor(
    directory: string,
    serviceName: string,
    rules: IgnoreRules,
    dockerfile: string | null,
    signal: AbortSignal,
  ) {
    this.#directory = directory;
    this.#serviceName = serviceName;
    this.#rules = rules;
    this.#dockerfile = dockerfile;
    this.#signal = signal;
  }

  async entries(): Promise<readonly ContextEntry[]> {
    await this.#walk("", []);
    return this.#entries;
  }

  /** `waiting` are ignored directories on the way: they are sent only with something that is wanted below them. */
  async #walk(parent: string, waiting: readonly ContextEntry[]): Promise<void> {
    let parents = waiting;
    for (const name of (await readdir(join(this.#directory, parent))).sort()) {
      this.#signal.throwIfAborted();
      const path = parent === "" ? name : `${parent}/${name}`;
      const entry = await this.#read(path);
      const ignored = path !== this.#dockerfile && this.#rules.ignores(path);
      const before = this.#entries.length;
      if (entry && !ignored) this.#add(...parents, entry);
      if (entry?.kind === "directory" && (!ignored || this.#mayKeepBelow(path)))
        await this.#walk(path, ignored ? [...parents, entry] : []);
      if (this.#entries.length > before) parents = [];
    }
  }

  #mayKeepBelow(directory: string): boolean {
    return this.#rules.mayKeepBelow(directory) || (this.#dockerfile?.startsWith(`${directory}/`) ?? false);
  }

  async #read(path: string): Promise<ContextEntry | null> {
    const place = join(this.#directory, path);
    const found = await lstat(place);
    const { mtime, size } = found;
    const mode = found.mode & 0o7777;
    if (found.isDirectory()) return { kind: "directory", path, mode, mtime };
    if (found.isSymbolicLink()) return { kind: "link", path, target: await readlink(place), mtime };
    return found.isFile() ? { kind: "file", path, mode, mtime, size } : null;
  }

  #add(...entries: readonly ContextEntry[]): void {
    for (const entry of entries) {
      this.#entries.push(entry);
      this.#bytes += entry.kind === "file" ? entry.size : 0;
    }
    if (this.#entries.length > MAX_ENTRIES) throw tooLarge(this.#serviceName, "200000 files");
    if (this.#bytes > MAX_BYTES) throw tooLarge(this.#serviceName, "4 GiB");
  }
}

function tooLarge(serviceName: string, limit: string): TallymanError {
  return new TallymanError("BuildFailed", `services.${serviceName}.build.context holds more than ${limit}.`, {
    hint: "List what the build does not need in a .dockerignore, or name a smaller folder as context.",
  });
}

function wrong(serviceName: string, field: string, what: string): TallymanError {
  return new TallymanError("BuildFailed", `services.${serviceName}.build.${field}: ${what}.`, {
    hint: "Correct the path in the Compose file; it belongs to the build's context.",
  });
}
