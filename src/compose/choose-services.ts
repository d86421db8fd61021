import { TallymanError } from "../error.ts";
import type { Project, Service } from "../project.ts";

/**
 * The project of these services and of what they depend on; the others count as kept out. Throws NotFound.
 * Source: compose-go WithSelectedServices.
 */
export function chooseServices(project: Project, names: readonly string[]): Project {
  const chosen = new Set<string>();
  for (const name of names) collect(project, name, chosen);
  const all = Object.entries(project.services);
  const kept = all.filter(([name]) => chosen.has(name)).map(([name, service]) => [name, amongOthers(service, chosen)]);
  const left = all.map(([name]) => name).filter((name) => !chosen.has(name));
  return {
    ...project,
    services: Object.fromEntries(kept),
    disabledServices: [...project.disabledServices, ...left].sort(),
  };
}

function collect(project: Project, name: string, chosen: Set<string>): void {
  if (chosen.has(name)) return;
  const service = Object.hasOwn(project.services, name) ? project.services[name] : undefined;
  if (!service) throw notFound(project, name);
  chosen.add(name);
  for (const [dependency, { required }] of Object.entries(service.depends_on ?? {}))
    if (required || Object.hasOwn(project.services, dependency)) collect(project, dependency, chosen);
}

/** Waits for nobody who is not there. */
function amongOthers(service: Service, chosen: ReadonlySet<string>): Service {
  if (!service.depends_on) return service;
  const kept = Object.entries(service.depends_on).filter(([name]) => chosen.has(name));
  return { ...service, depends_on: Object.fromEntries(kept) };
}

function notFound({ services, disabledServices }: Project, name: string): TallymanError {
  const hint = disabledServices.includes(name)
    ? "Enable its profile with --profile."
    : `The project has ${[...Object.keys(services), ...disabledServices].sort().join(", ") || "none"}.`;
  return new TallymanError("NotFound", `no such service: ${name}`, { hint });
}
