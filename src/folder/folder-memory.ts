import { constants } from "node:fs";
import { lstat } from "node:fs/promises";

/**
 * Remembers which commit a folder was at, for as long as nothing that was looked at is another file or has changed: most polls then
 * read no file at all.
 */
export interface FolderMemory {
  recall(stackName: string, settings: string): Promise<string | null>;
  remember(stackName: string, seen: Seen): Promise<void>;
  forget(stackName: string): void;
}

export interface Seen {
  /** Whatever else the commit depends on: it is forgotten when that differs. */
  readonly settings: string;
  readonly commit: string;
  /** As `FolderInputs` has them. */
  readonly looked: readonly string[];
  readonly kinds: readonly string[];
  /** When the look began. */
  readonly since: Date;
}

/** Younger changes are not believed: a second one within the clock's grain would look the same. */
const SETTLED_MS = 2000;
/** After that everything is read again, whatever the times say. */
const TRUSTED_MS = 10 * 60_000;

interface Memory extends Seen {
  readonly state: string;
}

export function createFolderMemory(now: () => Date): FolderMemory {
  const memories = new Map<string, Memory>();
  return {
    async recall(stackName, settings) {
      const memory = memories.get(stackName);
      if (memory?.settings !== settings) return null;
      const age = now().getTime() - memory.since.getTime();
      if (age < 0 || age > TRUSTED_MS) return null;
      return (await stateOf(memory)).text === memory.state ? memory.commit : null;
    },
    async remember(stackName, seen) {
      const { text, newestMs } = await stateOf(seen);
      memories.delete(stackName);
      if (newestMs < seen.since.getTime() - SETTLED_MS) memories.set(stackName, { ...seen, state: text });
    },
    forget: (stackName) => void memories.delete(stackName),
  };
}

/** Who each file is and when it changed last; the latest of those times. */
async function stateOf({
  looked,
  kinds,
}: Pick<Seen, "looked" | "kinds">): Promise<{ readonly text: string; readonly newestMs: number }> {
  let newestMs = 0;
  const states: string[] = [];
  for (const path of looked) {
    const found = await lstat(path, { bigint: true }).catch(() => null);
    newestMs = Math.max(newestMs, Number(found?.ctimeMs ?? 0n), Number(found?.mtimeMs ?? 0n));
    states.push(found ? [found.ino, found.mode, found.size, found.mtimeNs, found.ctimeNs].join(" ") : "absent");
  }
  for (const path of kinds) {
    const found = await lstat(path).catch(() => null);
    states.push(found ? `${found.mode & constants.S_IFMT}` : "absent");
  }
  return { text: states.join("\n"), newestMs };
}
