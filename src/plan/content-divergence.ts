import type { KeptContainer } from "../kept-container.ts";
import { TALLYMAN_LABEL } from "../label.ts";
import type { ObservedContainer } from "../observed-state.ts";
import type { FileDigests, Project } from "../project.ts";

/** No label of ours is longer; whatever is has nothing to say. */
const LONGEST_LABEL = 200_000;

/**
 * Mounted paths whose tracked content is not what the container has read. Empty when that is not known: made by Docker Compose or an
 * older version, it is no reason to make it anew.
 */
export function changedContents(
  project: Project,
  serviceName: string,
  container: ObservedContainer,
  kept: KeptContainer | undefined,
): readonly string[] {
  const read = kept?.contents ?? contentsFromLabel(container.labels);
  if (!project.contents || read === null) return [];
  const wanted = project.contents[serviceName] ?? {};
  const paths = [...new Set([...Object.keys(wanted), ...Object.keys(read)])].sort();
  return paths.filter((path) => wanted[path] !== read[path]);
}

/** In words: "config file ./nginx.conf changed". */
export function contentCause(path: string): string {
  return looksLikeFile(path) ? `config file ${path} changed` : `files under ${path} changed`;
}

/** What a container's label says that it has read; null without one, and for one that nobody of us wrote. */
export function contentsFromLabel(labels: ObservedContainer["labels"]): FileDigests | null {
  const text = labels[TALLYMAN_LABEL.contents];
  if (text === undefined || text.length > LONGEST_LABEL) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isDigests(value) ? value : null;
  } catch {
    return null;
  }
}

function isDigests(value: unknown): value is FileDigests {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((digest) => typeof digest === "string");
}

/** Only words rest on it: `nginx.conf` and `Caddyfile` are files, `conf` and `conf.d` are folders. */
function looksLikeFile(path: string): boolean {
  return /\.(?!d$)[^./]+$|file$/i.test(path.slice(path.lastIndexOf("/") + 1));
}
