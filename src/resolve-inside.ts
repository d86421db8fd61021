/** What a link points to, as written in it; null for everything that is no link. */
export type ReadLink = (segments: readonly string[]) => string | null;

const MAX_LINKS = 40;

/**
 * Follows a relative path through a tree, link by link, without ever leaving it. Gives the segments of the real place, or null when the
 * path or a link on the way leaves the tree, is absolute, or goes in circles.
 */
export function resolveInside(path: string, readLink: ReadLink): readonly string[] | null {
  const waiting = path.split("/");
  const walked: string[] = [];
  let links = 0;
  while (waiting.length > 0) {
    const segment = waiting.shift() ?? "";
    if (segment === "" || segment === ".") continue;
    if (segment === "..") {
      if (walked.pop() === undefined) return null;
      continue;
    }
    const target = readLink([...walked, segment]);
    if (target === null) {
      walked.push(segment);
      continue;
    }
    links += 1;
    if (target.startsWith("/") || links > MAX_LINKS) return null;
    waiting.unshift(...target.split("/"));
  }
  return walked;
}
