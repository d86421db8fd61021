/** Path arithmetic on `/`-separated paths, without asking any file system. Source: POSIX, as Go's path package has it. */

export function isAbsolute(path: string): boolean {
  return path.startsWith("/");
}

/** Resolves `.`, `..` and doubled slashes: `/a/./b/../c/` is `/a/c`; an empty path is `.`. */
export function cleanPath(path: string): string {
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!isAbsolute(path)) kept.push(part);
  }
  return (isAbsolute(path) ? "/" : "") + kept.join("/") || ".";
}

/** `path` as seen from the absolute directory `from`. */
export function resolvePath(from: string, path: string): string {
  return cleanPath(isAbsolute(path) ? path : `${from}/${path}`);
}

/** The absolute path `to` as seen from the absolute directory `from`: `../b/c`, or `.` for the same. */
export function relativePath(from: string, to: string): string {
  const [start, end] = [partsOf(from), partsOf(to)];
  const shared = start.findIndex((part, index) => part !== end[index]);
  const kept = shared < 0 ? start.length : shared;
  return [...start.slice(kept).map(() => ".."), ...end.slice(kept)].join("/") || ".";
}

function partsOf(path: string): readonly string[] {
  return cleanPath(path)
    .split("/")
    .filter((part) => part !== "");
}

export function directoryOf(path: string): string {
  const end = path.lastIndexOf("/");
  if (end < 0) return ".";
  return end === 0 ? "/" : cleanPath(path.slice(0, end));
}

export function baseName(path: string): string {
  return cleanPath(path).split("/").at(-1) ?? "";
}
