import type { ProjectFiles } from "../project-files.ts";

/** A view of files that remembers what was asked for through it. */
export interface AskedFiles {
  readonly files: ProjectFiles;
  /** Files whose content was read. */
  readonly read: ReadonlySet<string>;
  /** Every path that anything was asked about, whether it is there or not. */
  readonly asked: ReadonlySet<string>;
}

export function askedFiles(files: ProjectFiles): AskedFiles {
  const [read, asked] = [new Set<string>(), new Set<string>()];
  return {
    read,
    asked,
    files: {
      ...files,
      read(path) {
        asked.add(path);
        read.add(path);
        return files.read(path);
      },
      kind(path) {
        asked.add(path);
        return files.kind(path);
      },
    },
  };
}
