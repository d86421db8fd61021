import { contextServices, expectedReplicas, imageOf, type Project } from "../project.ts";

/**
 * Image → the service that says how to get it; of several, one that can build it. An image that another one is built from comes before
 * it, also when no container of it is wanted.
 */
export function imageMakers(project: Project): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const serviceName of inBuildOrder(project)) {
    const image = imageOf(project, serviceName);
    const other = project.services[found.get(image) ?? ""];
    if (!other || (project.services[serviceName]?.build && !other.build)) found.set(image, serviceName);
  }
  return found;
}

/** The services whose images are needed, in the file's order but for what a build needs first. */
function inBuildOrder({ services }: Project): readonly string[] {
  const seen = new Set<string>();
  const visit = (serviceName: string): readonly string[] => {
    const service = services[serviceName];
    if (!service || seen.has(serviceName)) return [];
    seen.add(serviceName);
    return [...contextServices(service.build).flatMap(visit), serviceName];
  };
  return Object.entries(services).flatMap(([serviceName, service]) =>
    expectedReplicas(service) > 0 ? visit(serviceName) : [],
  );
}
