import { createHash } from "node:crypto";
import type { Project, Service } from "../project.ts";
import type { ProjectFiles } from "../project-files.ts";

/** A commit's tracked files: path relative to the tree → digest. */
export type TreeDigests = ReadonlyMap<string, string>;

/** A view of the files that notes what was read through it: the first part of what went into a project. */
export function recordReads(files: ProjectFiles): { readonly files: ProjectFiles; readonly read: ReadonlySet<string> } {
  const read = new Set<string>();
  return {
    read,
    files: {
      kind: (path) => files.kind(path),
      read(path) {
        read.add(path);
        return files.read(path);
      },
    },
  };
}

/**
 * Digest of everything in the tree that shapes what runs: files that the load read, mounted paths, config and secret files, build
 * contexts. Two commits with the same one ask for the same containers. Hex SHA-256.
 */
export function inputDigest(project: Project, read: ReadonlySet<string>, digests: TreeDigests, tree: string): string {
  const services = Object.values(project.services);
  const built = services.flatMap(({ build }) =>
    build ? [build.context, ...Object.values(build.additional_contexts ?? {})] : [],
  );
  const dockerfiles = services.flatMap(({ build }) =>
    build?.dockerfile ? [`${build.context}/${build.dockerfile}`] : [],
  );
  const mounted = services.flatMap((service) => mountedPaths(project, service));
  const objects = [...Object.values(project.configs), ...Object.values(project.secrets)].flatMap(
    ({ file }) => file ?? [],
  );
  const places = [...read, ...built, ...dockerfiles, ...mounted, ...objects].flatMap(
    (path) => insideOf(tree, path) ?? [],
  );
  const entries = new Set(places.flatMap((place) => below(digests, place)));
  const hash = createHash("sha256");
  for (const path of [...entries].sort()) hash.update(`${JSON.stringify(path)} ${digests.get(path)}\n`);
  return hash.digest("hex");
}

/**
 * What a project is made from beside the files that its load reads, absolute: files mounted by themselves, the files of its configs and
 * secrets, its build contexts. A mounted folder is not among them: containers see it as it is, and keep their data there.
 */
export function namedInputs(project: Project, kind: ProjectFiles["kind"]): readonly string[] {
  const services = Object.values(project.services);
  const mounted = services.flatMap((service) => mountedPaths(project, service)).filter((path) => kind(path) === "file");
  return [...new Set([...mounted, ...services.flatMap(({ build }) => (build ? [build.context] : []))])];
}

/** The model together with the digest of every tracked file and folder that its services mount. */
export function withContents(project: Project, digests: TreeDigests, tree: string): Project {
  const contents = Object.entries(project.services).map(([serviceName, service]) => {
    const found = mountedPaths(project, service).flatMap((path) => contentAt(project, digests, tree, path));
    return [serviceName, Object.fromEntries(found.sort(([one], [other]) => (one < other ? -1 : 1)))] as const;
  });
  return { ...project, contents: Object.fromEntries(contents.filter(([, found]) => Object.keys(found).length > 0)) };
}

/** Tracked files (relative to the tree) that some container mounts by themselves: such a mount stays with the file's inode. */
export function mountedFiles(project: Project, digests: TreeDigests, tree: string): readonly string[] {
  const paths = Object.values(project.services).flatMap((service) => mountedPaths(project, service));
  return [...new Set(paths.flatMap((path) => insideOf(tree, path) ?? []))].filter((path) => digests.has(path));
}

/** Absolute host paths that a service's containers see: binds, and the files of its configs and secrets. */
export function mountedPaths(project: Project, service: Service): readonly string[] {
  const binds = (service.volumes ?? []).flatMap(({ type, source }) => (type === "bind" && source ? [source] : []));
  const configs = (service.configs ?? []).flatMap(({ source }) => project.configs[source]?.file ?? []);
  const secrets = (service.secrets ?? []).flatMap(({ source }) => project.secrets[source]?.file ?? []);
  return [...new Set([...binds, ...configs, ...secrets])];
}

/** Data that containers keep beside the tracked files is nobody's input: a path without tracked files has no content. */
function contentAt(
  project: Project,
  digests: TreeDigests,
  tree: string,
  path: string,
): readonly (readonly [string, string])[] {
  const place = insideOf(tree, path);
  if (place === null) return [];
  const paths = below(digests, place);
  if (paths.length === 0) return [];
  return [[shownPath(project.workingDir, path), digestOf(digests, place, paths)]];
}

function digestOf(digests: TreeDigests, place: string, paths: readonly string[]): string {
  const own = digests.get(place);
  if (own !== undefined) return own;
  const hash = createHash("sha256");
  for (const path of [...paths].sort()) hash.update(`${JSON.stringify(path)} ${digests.get(path)}\n`);
  return hash.digest("hex");
}

/** The tracked paths at or under a place of the tree; "" is all of it. */
function below(digests: TreeDigests, place: string): readonly string[] {
  if (digests.has(place)) return [place];
  return [...digests.keys()].filter((path) => place === "" || path.startsWith(`${place}/`));
}

/** Relative to the tree without a leading or trailing slash, or null outside of it. */
export function insideOf(tree: string, path: string): string | null {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  const normal = `/${segments.join("/")}`;
  if (normal === tree) return "";
  return normal.startsWith(`${tree}/`) ? normal.slice(tree.length + 1) : null;
}

/** As in the Compose file: `./nginx.conf`; elsewhere the path itself. */
function shownPath(workingDir: string, path: string): string {
  return path.startsWith(`${workingDir}/`) ? `./${path.slice(workingDir.length + 1)}` : path;
}
