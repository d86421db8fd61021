import { realpath } from "node:fs/promises";
import { TallymanError } from "../error.ts";
import type { KeptCheckouts } from "../kept-checkouts.ts";
import type { ProjectFiles } from "../project-files.ts";
import type { Revision } from "../revision.ts";
import type { Source } from "../source.ts";
import type { Stack } from "../stack.ts";
import { askedFiles } from "./asked-files.ts";
import { diskFiles } from "./disk-files.ts";
import { createFolderCopies } from "./folder-copies.ts";
import { digestInputs, findInputs, type NamedInputs, unreadable } from "./folder-inputs.ts";
import { createFolderMemory } from "./folder-memory.ts";

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
  const copies = createFolderCopies(root, kept);

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

  return {
    head,
    async checkout(stack, { commit }, signal) {
      const live = stack.repository;
      await copies.sweep(stack);
      const found = await kept.find(stack.name, commit);
      if (found) return { ...found, live };
      // What is copied must not rest on a memory that turned out wrong.
      memory.forget(stack.name);
      const { inputs } = await inputsOf(stack, signal);
      return { ...(await copies.copy(stack, inputs, commit)), live };
    },
    switchTree: async () => [],
    discard: (stack, { staging }) => copies.discard(stack, staging),
    keep: (stack, checkout) => kept.keep(stack.name, checkout),
    keepOnly: (stack, commits) => kept.keepOnly(stack.name, commits),
  };
}

const REF = "folder";

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
    if (thrown instanceof TallymanError && !signal.aborted) return { counted: [], sent: [], copied: [], looked: [] };
    throw thrown;
  }
}
