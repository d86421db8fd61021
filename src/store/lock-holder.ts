import { readFileSync, statSync } from "node:fs";

/** The process that holds a lock on the file, as the kernel tells it; null when it cannot be told (another PID namespace). */
export function holderOf(path: string): number | null {
  try {
    const inode = String(statSync(path).ino);
    for (const line of readFileSync("/proc/locks", "utf8").split("\n")) {
      const match = /^\d+: \S+\s+\S+\s+WRITE\s+(\d+) \S+:\S+:(\d+) /.exec(line);
      if (match?.[2] === inode && Number(match[1]) > 0) return Number(match[1]);
    }
  } catch {
    return null;
  }
  return null;
}
