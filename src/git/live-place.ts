import { chmod, mkdir, realpath, stat } from "node:fs/promises";
import { checkLiveTree } from "../check-live-tree.ts";
import { TallymanError } from "../error.ts";
import type { Stack } from "../stack.ts";
import { stackFolders } from "../stack-folders.ts";
import type { LiveTree } from "./live-tree.ts";
import { conflictsPath, placesOf } from "./stack-places.ts";

/** Where a stack's live tree is. Throws InvalidInput for a folder that may not be one, links in its path followed. */
export async function livePlace(root: string, stack: Pick<Stack, "name" | "liveTree">): Promise<string> {
  if (stack.liveTree === null) return placesOf(root, stack.name).tree;
  checkLiveTree(stack.liveTree, root);
  const real = await realpath(stack.liveTree).catch(() => null);
  // Nothing is made here: where a disk is not mounted, the files would land on another.
  if (real === null || !(await stat(real)).isDirectory()) {
    throw new TallymanError("WorkerFailed", `liveTree: ${stack.liveTree} is no folder that can be reached`, {
      hint: "Check that the folder is there and its disk is mounted.",
    });
  }
  checkLiveTree(real, await realpath(root).catch(() => root));
  return stack.liveTree;
}

/** The stack's live tree and what belongs to it, for a switch at that moment. Throws as `livePlace` does. */
export async function liveTreeOf(root: string, stack: Pick<Stack, "name" | "liveTree">, at: Date): Promise<LiveTree> {
  const places = placesOf(root, stack.name);
  const tree = await livePlace(root, stack);
  return { tree, manifest: places.manifest, conflicts: conflictsPath(places, at) };
}

/** Makes the stack's home and the folders that its containers may mount; what is there stays as it is. */
export async function makeHome(root: string, stackName: string): Promise<void> {
  // Private repositories are nobody else's business on this host; containers reach their mounts all the same.
  await mkdir(placesOf(root, stackName).home, { recursive: true, mode: 0o700 });
  for (const folder of Object.values(stackFolders(root, stackName))) {
    // Containers of any user get in, as into a folder that the Engine makes for a bind.
    if (await mkdir(folder, { recursive: true, mode: 0o700 })) await chmod(folder, 0o755);
  }
}
