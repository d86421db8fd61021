import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory of its own that is removed when `using` ends (or by `remove`). */
export interface TemporaryDirectory extends Disposable {
  readonly path: string;
  remove(): void;
}

export function temporaryDirectory(label = "work"): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), `tallyman-${label}-`));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  return { path, remove, [Symbol.dispose]: remove };
}

/** A TCP port of the loopback that was free a moment ago. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = listener;
  listener.stop(true);
  return port;
}
