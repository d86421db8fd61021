import { chmod, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TallymanError } from "../error.ts";
import type { KeptCheckouts } from "../kept-checkouts.ts";
import type { Checkout } from "../source.ts";
import type { Stack } from "../stack.ts";
import { stackFolders, stackHome } from "../stack-folders.ts";
import { digestInputs, type FolderInput } from "./folder-inputs.ts";
import { copyInput } from "./input-copy.ts";

/** Copies of what goes into a stack, below Tallyman's root: what is deployed is what was read. */
export interface FolderCopies {
  /** Throws away what an earlier process left of a stack: nobody will read it again. Once is enough. */
  sweep(stack: Stack): Promise<void>;
  /** Throws FolderUnreadable when the inputs are not (or no more) those of the commit, and DiskFull. Nothing is left behind then. */
  copy(stack: Stack, inputs: readonly FolderInput[], commit: string): Promise<Omit<Checkout, "live">>;
  discard(stack: Stack, staging: string): Promise<void>;
}

export function createFolderCopies(root: string, kept: KeptCheckouts): FolderCopies {
  const swept = new Set<string>();
  let count = 0;
  const placeOf = ({ name }: Stack): string => join(stackHome(root, name), "staging");
  return {
    async sweep(stack) {
      if (swept.has(stack.name)) return;
      await rm(placeOf(stack), { recursive: true, force: true });
      swept.add(stack.name);
    },
    async copy(stack, inputs, commit) {
      count += 1;
      const directory = join(placeOf(stack), `${commit}-${count}`);
      const tree = join(directory, "tree");
      try {
        await makeFolders(root, stack.name);
        await mkdir(tree, { recursive: true, mode: 0o700 });
        const found = await digestInputs(stack.repository, inputs, (input, content) => copyInput(tree, input, content));
        if (found !== commit) throw changedMeanwhile(stack);
      } catch (thrown) {
        await rm(directory, { recursive: true, force: true });
        throw diskFull(stack, thrown) ?? thrown;
      }
      const message = `files changed in ${stack.repository}`;
      const info = { commit, author: "", message, committedAt: newest(inputs) };
      return { staging: tree, info, digests: digestsOf(tree, inputs, kept) };
    },
    async discard(stack, staging) {
      const directory = dirname(staging);
      if (dirname(directory) === placeOf(stack)) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Of the inputs that count: data that went along with a build context is nobody's content. */
function digestsOf(tree: string, inputs: readonly FolderInput[], kept: KeptCheckouts): Checkout["digests"] {
  const counted = new Set(inputs.flatMap(({ path, counts }) => (counts ? [path] : [])));
  let reading: Promise<ReadonlyMap<string, string>> | undefined;
  return () => {
    reading ??= kept.digestsOf(tree).then((all) => new Map([...all].filter(([path]) => counted.has(path))));
    return reading;
  };
}

/** Containers of any user get into the folders that they may mount. */
async function makeFolders(root: string, stackName: string): Promise<void> {
  await mkdir(stackHome(root, stackName), { recursive: true, mode: 0o700 });
  for (const folder of Object.values(stackFolders(root, stackName))) {
    if (await mkdir(folder, { recursive: true, mode: 0o700 })) await chmod(folder, 0o755);
  }
}

function newest(inputs: readonly FolderInput[]): string {
  const times = inputs.flatMap((input) => (input.kind === "file" && input.counts ? [input.mtime.getTime()] : []));
  return new Date(Math.max(0, ...times)).toISOString();
}

function changedMeanwhile({ repository }: Stack): TallymanError {
  return new TallymanError("FolderUnreadable", `the files of ${repository} are not those that were wanted any more`, {
    hint: "They were changed meanwhile; the next pass takes them as they are then.",
  });
}

function diskFull({ name }: Stack, thrown: unknown): TallymanError | null {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  if (code !== "ENOSPC" && code !== "EDQUOT") return null;
  return new TallymanError("DiskFull", `the files of ${name} could not be copied: the disk is full`, {
    hint: "Free space under Tallyman's root directory.",
    cause: thrown,
  });
}
