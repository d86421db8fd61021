import { chmod, mkdir, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FolderInput } from "./folder-inputs.ts";

/** Writes one input, as it was read, into a tree of our own. Its mode and time are the original's, which a build may go by. */
export async function copyInput(tree: string, input: FolderInput, content: Buffer): Promise<void> {
  const place = join(tree, input.path);
  await mkdir(dirname(place), { recursive: true, mode: 0o700 });
  if (input.kind === "link") return symlink(input.target, place);
  await writeFile(place, content, { flag: "wx", mode: 0o600 });
  // Whoever may not write the original may still throw the copy away; reading it is ours alone to decide.
  await chmod(place, input.mode | 0o400);
  await utimes(place, input.mtime, input.mtime);
}
