import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/**
 * A directory held open. `path` goes through the descriptor, so what is done below it is done in this very directory, even if somebody
 * (a container that can write to the tree) puts a link in its place meanwhile.
 */
export interface HeldDirectory {
  readonly path: string;
  close(): Promise<void>;
}

export async function holdDirectory(path: string): Promise<HeldDirectory> {
  return held(await open(path, constants.O_RDONLY | constants.O_DIRECTORY));
}

/** One step down; null when there is nothing of that name, or something that is no real directory. */
export async function holdChild(parent: HeldDirectory, name: string): Promise<HeldDirectory | null> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const file = await open(`${parent.path}/${name}`, flags).catch(() => null);
  return file && held(file);
}

function held(file: FileHandle): HeldDirectory {
  return { path: `/proc/self/fd/${file.fd}`, close: () => file.close() };
}
