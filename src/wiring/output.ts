import { fstatSync } from "node:fs";
import type { Output } from "../cli/tools.ts";

/** One of this process's own streams. It is opened at the first word: what the runtime loads for it is half of a short command's time. */
export function outputTo(descriptor: number, open: () => NodeJS.WriteStream): Output {
  let opened: NodeJS.WriteStream | undefined;
  let drained: Promise<void> | null = null;
  const stream = (): NodeJS.WriteStream => {
    opened ??= open().on("error", endQuietly);
    return opened;
  };
  return {
    write(text) {
      if (stream().write(text) || drained) return;
      drained = new Promise((resolve) => {
        stream().once("drain", () => {
          drained = null;
          resolve();
        });
      });
    },
    drained: () => drained ?? Promise.resolve(),
    get isTerminal() {
      return isDevice(descriptor) && stream().isTTY;
    },
    get columns() {
      return isDevice(descriptor) ? stream().columns : undefined;
    },
  };
}

/** A reader that has seen enough (`tallyman logs | head`) is no error of ours. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit();
  throw error;
}

/** Every terminal is a character device; files and pipes are not. A descriptor may be closed. */
function isDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}
