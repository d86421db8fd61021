import { loadProject } from "../../src/compose/load-project.ts";
import type { TallymanError } from "../../src/error.ts";
import type { Project, Service } from "../../src/project.ts";
import type { LoadRequest, ProjectFiles } from "../../src/project-files.ts";

/** A tree held in memory: absolute path → text. */
export function memoryFiles(tree: Readonly<Record<string, string>>): ProjectFiles {
  const paths = Object.keys(tree);
  return {
    read: (path) => (Object.hasOwn(tree, path) ? (tree[path] ?? null) : null),
    kind: (path) => {
      if (Object.hasOwn(tree, path)) return "file";
      return paths.some((one) => one.startsWith(`${path === "/" ? "" : path}/`)) ? "directory" : null;
    },
  };
}

/** A request for the project `app` in `/srv/app`. */
export function request(over: Partial<LoadRequest> = {}): LoadRequest {
  return { cwd: "/srv/app", files: [], projectName: "app", envFiles: [], profiles: [], environment: {}, ...over };
}

/** Loads `/srv/app/compose.yaml` with this text, and the other files relative to `/srv/app`. */
export function load(
  text: string,
  over: Partial<LoadRequest> = {},
  others: Readonly<Record<string, string>> = {},
): Project {
  const beside = Object.entries(others).map(([path, content]) => [
    path.startsWith("/") ? path : `/srv/app/${path}`,
    content,
  ]);
  return loadProject(memoryFiles({ "/srv/app/compose.yaml": text, ...Object.fromEntries(beside) }), request(over));
}

/** The service `web` of a project whose services section is this flow text. */
export function webOf(
  web: string,
  over: Partial<LoadRequest> = {},
  others: Readonly<Record<string, string>> = {},
): Service {
  return service(load(`services: { web: ${web} }`, over, others), "web");
}

export function service(project: Project, name: string): Service {
  const found = project.services[name];
  if (!found) throw new Error(`no service ${name}`);
  return found;
}

/** What loading refuses with. */
export function refusal(work: () => unknown): TallymanError {
  try {
    work();
  } catch (thrown) {
    return thrown as TallymanError;
  }
  throw new Error("nothing was refused");
}
