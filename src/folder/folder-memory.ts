import { lstat } from "node:fs/promises";
import type { Stack } from "../stack.ts";

/**
 * Remembers which commit a folder was at, for as long as nothing that was looked at is another file or has changed: most polls then
 * read no file at all.
 */
export interface FolderMemory {
  recall(stack: Stack): Promise<string | null>;
  remember(stack: Stack, seen: Seen): Promise<void>;
  forget(stack: Stack): void;
}

export interface Seen {
  readonly commit: string;
  readonly looked: readonly string[];
  /** When the look began. */
  readonly since: Date;
}

/** Younger changes are not believed: a second one within the clock's grain would look the same. */
const SETTLED_MS = 2000;
/** After that everything is read again, whatever the times say. */
const TRUSTED_MS = 10 * 60_000;

interface Memory {
  readonly settings: string;
  readonly commit: string;
  readonly looked: readonly string[];
  readonly state: string;
  readonly at: number;
}

export function createFolderMemory(now: () => Date): FolderMemory {
  const memories = new Map<string, Memory>();
  return {
    async recall(stack) {
      const memory = memories.get(stack.name);
      if (!memory || memory.settings !== JSON.stringify(stack)) return null;
      const age = now().getTime() - memory.at;
      if (age < 0 || age > TRUSTED_MS) return null;
      return (await stateOf(memory.looked)).text === memory.state ? memory.commit : null;
    },
    async remember(stack, { commit, looked, since }) {
      const at = since.getTime();
      const { text, newestMs } = await stateOf(looked);
      memories.delete(stack.name);
      if (newestMs < at - SETTLED_MS)
        memories.set(stack.name, { settings: JSON.stringify(stack), commit, looked, state: text, at });
    },
    forget: (stack) => void memories.delete(stack.name),
  };
}

/** Who each file is and when it changed last; the latest of those times. */
async function stateOf(paths: readonly string[]): Promise<{ readonly text: string; readonly newestMs: number }> {
  let newestMs = 0;
  const states: string[] = [];
  for (const path of paths) {
    const found = await lstat(path, { bigint: true }).catch(() => null);
    newestMs = Math.max(newestMs, Number(found?.ctimeMs ?? 0n), Number(found?.mtimeMs ?? 0n));
    states.push(found ? [found.ino, found.mode, found.size, found.mtimeNs, found.ctimeNs].join(" ") : "absent");
  }
  return { text: states.join("\n"), newestMs };
}
