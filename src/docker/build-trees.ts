import type { BuildContext } from "./build-context.ts";
import { contextFile } from "./build-tar.ts";
import type { SyncedTree } from "./file-sync.ts";

/**
 * The context and its Dockerfile by the names with which the builder asks for them. `failed` hears why a file could not be read: the
 * builder itself is told no reason.
 */
export function buildTrees(
  build: BuildContext,
  failed: (reason: unknown) => void,
): Readonly<Record<"context" | "dockerfile", SyncedTree>> {
  const { dockerfile, addedDockerfile } = build;
  const context = treeOf(build, failed);
  if (addedDockerfile === null) return { context, dockerfile: { ...context, entries: onTheWay(context, dockerfile) } };
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

/** A file with the folders that it is in, so that nothing is sent twice; everything where a link stands in its place. */
function onTheWay({ entries }: SyncedTree, file: string): SyncedTree["entries"] {
  if (!entries.some(({ kind, path }) => kind === "file" && path === file)) return entries;
  return entries.filter(({ path }) => path === file || file.startsWith(`${path}/`));
}

/** The files of one folder. */
export function treeOf({ directory, entries }: BuildContext, failed: (reason: unknown) => void): SyncedTree {
  return {
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
}
