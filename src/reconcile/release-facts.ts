import { isServing } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import { imageOf, type Project } from "../project.ts";

/** Containers that stand for the project's services, retained predecessors and one-offs left out. */
export function servingContainers(project: Project, observed: ObservedState): readonly ObservedContainer[] {
  return observed.containers.filter((one) => isServing(one) && project.services[one.serviceName]);
}

/** Image reference → id of what runs: of a release that came back, not what a moved tag names by now. */
export function imageIds(project: Project, observed: ObservedState): Readonly<Record<string, string>> {
  const named = Object.entries(observed.images).flatMap(([image, found]) =>
    found ? [[image, found.id] as const] : [],
  );
  const running = servingContainers(project, observed).map(
    (container) => [imageOf(project, container.serviceName), container.imageId] as const,
  );
  return Object.fromEntries([...named.filter(([image]) => !image.startsWith("sha256:")), ...running]);
}

/** Image reference → `name@sha256:…`, where the Engine knows under which digest a registry has what runs. */
export function repoDigests(
  project: Project,
  observed: ObservedState,
  former: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const known = new Map(Object.values(observed.images).flatMap((image) => (image ? [[image.id, image] as const] : [])));
  return Object.fromEntries(
    Object.entries(imageIds(project, observed)).flatMap(([image, id]) => {
      const digests = known.get(id)?.repoDigests ?? [];
      const own = digests.find((digest) => repositoryOf(digest) === repositoryOf(image)) ?? digests[0] ?? former[image];
      return own === undefined ? [] : [[image, own] as const];
    }),
  );
}

/** `registry:5000/team/app:1` and `registry:5000/team/app@sha256:…` → `registry:5000/team/app`. */
function repositoryOf(reference: string): string {
  return reference.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
}
