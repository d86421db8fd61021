import { chmod, mkdir, realpath, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TallymanError } from "../error.ts";
import type { KeptCheckouts } from "../kept-checkouts.ts";
import type { ProjectFiles } from "../project-files.ts";
import type { Revision } from "../revision.ts";
import type { Checkout, Source } from "../source.ts";
import type { Stack } from "../stack.ts";
import { stackFolders, stackHome } from "../stack-folders.ts";
import { askedFiles } from "./asked-files.ts";
import { diskFiles } from "./disk-files.ts";
import { digestInputs, type FolderInput, findInputs, type NamedInputs, unreadable } from "./folder-inputs.ts";
import { createFolderMemory } from "./folder-memory.ts";
import { copyInput } from "./input-copy.ts";

/**
 * What goes into a stack beside the files that are read through `files`: files mounted by themselves, config and secret files, what
 * builds are sent. Mounted folders are not among it: containers see those anyway, and keep their data there. What it throws is left to
 * the load of the pass.
 */
export type InputsOf = (stack: Stack, files: ProjectFiles, signal: AbortSignal) => NamedInputs | Promise<NamedInputs>;

export interface FolderSourceSettings {
  /** Tallyman's root directory; copies of what was read live below `deployments`. */
  readonly root: string;
  /** Every stack's folder lies in it, links followed. */
  readonly appsDir: string;
  readonly kept: KeptCheckouts;
  readonly inputsOf: InputsOf;
  /** What else the inputs depend on, such as the digest of the stack's variables. */
  readonly settingsOf?: (stack: Stack) => Promise<string>;
  readonly now: () => Date;
}

/** Desired state from folders of the apps dir: a folder's commit is the digest of its inputs. Nothing in it is ever written. */
export function createFolderSource(settings: FolderSourceSettings): Source {
  const { root, kept, now } = settings;
  const memory = createFolderMemory(now);
  const swept = new Set<string>();
  let count = 0;

  const inputsOf = async (stack: Stack, signal: AbortSignal) => {
    const folder = await checkedFolder(settings.appsDir, stack);
    const { files, read, asked } = askedFiles(diskFiles({ seenAs: folder, from: folder }));
    const more = await named(settings.inputsOf, stack, files, signal);
    return await findInputs(folder, { ...more, counted: [...read, ...more.counted] }, asked);
  };

  const head = async (stack: Stack, signal: AbortSignal): Promise<Revision> => {
    const keyed = `${JSON.stringify(stack)} ${(await settings.settingsOf?.(stack)) ?? ""}`;
    const remembered = await memory.recall(stack.name, keyed);
    if (remembered !== null) return { commit: remembered, ref: REF };
    const since = now();
    const { inputs, looked, kinds } = await inputsOf(stack, signal);
    const commit = await digestInputs(stack.repository, inputs);
    await memory.remember(stack.name, { settings: keyed, commit, looked, kinds, since });
    return { commit, ref: REF };
  };

  const copy = async (stack: Stack, commit: string, signal: AbortSignal): Promise<Omit<Checkout, "live">> => {
    const staging = stagingOf(root, stack.name);
    if (!swept.has(stack.name)) await rm(staging, { recursive: true, force: true });
    swept.add(stack.name);
    count += 1;
    const tree = join(staging, `${commit}-${count}`, "tree");
    await mkdir(tree, { recursive: true, mode: 0o700 });
    memory.forget(stack.name);
    const { inputs } = await inputsOf(stack, signal);
    const found = await digestInputs(stack.repository, inputs, (input, content) => copyInput(tree, input, content));
    if (found !== commit) {
      await rm(dirname(tree), { recursive: true, force: true });
      throw changedMeanwhile(stack);
    }
    const info = { commit, author: "", message: `files changed in ${stack.repository}`, committedAt: newest(inputs) };
    let digests: Promise<ReadonlyMap<string, string>> | undefined;
    return { staging: tree, info, digests: () => (digests ??= kept.digestsOf(tree)) };
  };

  return {
    head,
    async checkout(stack, { commit }, signal) {
      await makeFolders(root, stack.name);
      const found = (await kept.find(stack.name, commit)) ?? (await copy(stack, commit, signal));
      return { ...found, live: stack.repository };
    },
    switchTree: async () => [],
    async discard(stack, { staging }) {
      const directory = dirname(staging);
      if (dirname(directory) === stagingOf(root, stack.name)) await rm(directory, { recursive: true, force: true });
    },
    keep: (stack, checkout) => kept.keep(stack.name, checkout),
    keepOnly: (stack, commits) => kept.keepOnly(stack.name, commits),
  };
}

const REF = "folder";

function stagingOf(root: string, stackName: string): string {
  return join(stackHome(root, stackName), "staging");
}

/** Throws FolderUnreadable when it is away, and PolicyViolation when a link leads out of the apps dir. */
async function checkedFolder(appsDir: string, { repository }: Stack): Promise<string> {
  try {
    const [around, folder] = [await realpath(appsDir), await realpath(repository)];
    if (folder.startsWith(`${around}/`)) return repository;
  } catch (cause) {
    throw unreadable(repository, cause);
  }
  throw new TallymanError("PolicyViolation", `${repository} leads out of the apps dir ${appsDir}`, {
    hint: "Put the folder itself into the apps dir instead of a link.",
  });
}

/** A project that cannot be loaded has the inputs that were read until then: a change of those is what may mend it. */
async function named(inputsOf: InputsOf, stack: Stack, files: ProjectFiles, signal: AbortSignal): Promise<NamedInputs> {
  try {
    return await inputsOf(stack, files, signal);
  } catch (thrown) {
    if (thrown instanceof TallymanError && !signal.aborted) return { counted: [], copied: [], looked: [] };
    throw thrown;
  }
}

/** Containers of any user get into the folders that they may mount. */
async function makeFolders(root: string, stackName: string): Promise<void> {
  await mkdir(stackHome(root, stackName), { recursive: true, mode: 0o700 });
  for (const folder of Object.values(stackFolders(root, stackName))) {
    if (await mkdir(folder, { recursive: true, mode: 0o700 })) await chmod(folder, 0o755);
  }
}

function newest(inputs: readonly FolderInput[]): string {
  const times = inputs.flatMap((input) => (input.kind === "file" ? [input.mtime.getTime()] : []));
  return new Date(Math.max(0, ...times)).toISOString();
}

function changedMeanwhile({ repository }: Stack): TallymanError {
  return new TallymanError("FolderUnreadable", `the files of ${repository} are not those that were wanted any more`, {
    hint: "They were changed meanwhile; the next pass takes them as they are then.",
  });
}
