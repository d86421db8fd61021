import type { BuildContext } from "./build-context.ts";
import { contextFile } from "./build-tar.ts";
import type { SyncedTree } from "./file-sync.ts";

/**
 * The context and its Dockerfile by the names with which the builder asks for them. `failed` hears why a file could not be read: the
 * builder itself is told no reason.
 */
export function buildTrees(
  { directory, entries, dockerfile, addedDockerfile }: BuildContext,
  failed: (reason: unknown) => void,
): Readonly<Record<"context" | "dockerfile", SyncedTree>> {
  const context: SyncedTree = {
    entries,
    read: async function* (file) {
      try {
        yield* contextFile(directory, file);
      } catch (thrown) {
        failed(thrown);
        throw thrown;
      }
    },
  };
  if (addedDockerfile === null) return { context, dockerfile: context };
  const text = Buffer.from(addedDockerfile);
  const file = { kind: "file", path: dockerfile, mode: 0o644, mtime: new Date(0), size: text.length } as const;
  const alone: SyncedTree = {
    entries: [file],
    read: async function* () {
      yield text;
    },
  };
  return { context, dockerfile: alone };
}
