import { posix } from "node:path";
import type { FileObject, FileReference } from "../project.ts";

/** Where a config appears in the container: `/source` unless a target is given; relative ones belong to `/`. */
export function configTarget({ source, target }: FileReference): string {
  return posix.resolve("/", target || source);
}

/** Where a secret appears: `/run/secrets/source` unless a target is given; relative ones belong to `/run/secrets`. */
export function secretTarget({ source, target }: FileReference): string {
  return posix.resolve("/run/secrets", target || source);
}

/** Its content is put into the container before each start, because no file on the host holds it. */
export function isInjected(file: FileObject): boolean {
  return file.content !== undefined || file.environment !== undefined;
}
