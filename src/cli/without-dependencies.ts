import type { Project } from "../project.ts";

/**
 * Of a project that was loaded for these services, they alone: what they depend on counts as kept out. The networks and volumes of that
 * stay, as Docker Compose has it. No name means all.
 */
export function withoutDependencies(project: Project, names: readonly string[]): Project {
  if (names.length === 0) return project;
  const all = Object.entries(project.services);
  const alone = all.filter(([name]) => names.includes(name));
  const left = all.map(([name]) => name).filter((name) => !names.includes(name));
  return {
    ...project,
    services: Object.fromEntries(
      alone.map(([name, service]) => [
        name,
        service.depends_on
          ? {
              ...service,
              depends_on: Object.fromEntries(Object.entries(service.depends_on).filter(([on]) => names.includes(on))),
            }
          : service,
      ]),
    ),
    disabledServices: [...project.disabledServices, ...left].sort(),
  };
}
