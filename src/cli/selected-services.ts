import { TallymanError } from "../error.ts";
import type { Project, Service } from "../project.ts";

/**
 * The project of these services and of what they depend on; the others count as kept out. `alone` leaves their dependencies out, too,
 * but keeps the networks of those, as Docker Compose does. No name means all. Throws NotFound.
 */
export function selectServices(project: Project, names: readonly string[], alone: boolean): Project {
  const roots = names.length > 0 ? names : Object.keys(project.services);
  const unknown = roots.find((name) => !Object.hasOwn(project.services, name));
  if (unknown !== undefined) {
    throw new TallymanError("NotFound", `no such service: ${unknown}`, {
      hint: `The project has ${Object.keys(project.services).join(", ") || "none"}.`,
    });
  }
  if (names.length === 0) return project;
  const needed = new Set<string>();
  for (const name of roots) collect(project, name, needed);
  const chosen = new Set(alone ? roots : needed);
  const keep = (names: ReadonlySet<string>) =>
    Object.fromEntries(Object.entries(project.services).filter(([name]) => names.has(name)));
  const left = Object.keys(project.services).filter((name) => !chosen.has(name));
  return {
    ...project,
    ...resourcesOf(project, Object.values(keep(needed))),
    services: Object.fromEntries(
      Object.entries(keep(chosen)).map(([name, service]) => [name, amongOthers(service, chosen)]),
    ),
    disabledServices: [...project.disabledServices, ...left].sort(),
  };
}

function collect(project: Project, name: string, found: Set<string>): void {
  if (found.has(name) || !project.services[name]) return;
  found.add(name);
  for (const dependency of Object.keys(project.services[name].depends_on ?? {})) collect(project, dependency, found);
}

/** Waits for nobody who is not there. */
function amongOthers(service: Service, chosen: ReadonlySet<string>): Service {
  if (!service.depends_on) return service;
  const kept = Object.entries(service.depends_on).filter(([name]) => chosen.has(name));
  return { ...service, depends_on: Object.fromEntries(kept) };
}

function resourcesOf(
  { networks, volumes }: Project,
  services: readonly Service[],
): Pick<Project, "networks" | "volumes"> {
  const attached = new Set(services.flatMap((service) => Object.keys(service.networks ?? {})));
  const mounted = new Set(services.flatMap((service) => (service.volumes ?? []).map(({ source }) => source ?? "")));
  return { networks: pick(networks, attached), volumes: pick(volumes, mounted) };
}

function pick<Item>(items: Readonly<Record<string, Item>>, keys: ReadonlySet<string>): Readonly<Record<string, Item>> {
  return Object.fromEntries(Object.entries(items).filter(([key]) => keys.has(key)));
}
