import type { Service } from "./project.ts";

const NAMESPACES = ["network_mode", "ipc", "pid"] as const;

/** Services whose containers this one shares a namespace with. */
export function namespaceServices(service: Service): readonly string[] {
  const modes = NAMESPACES.map((key) => service[key]);
  return [...new Set(modes.flatMap((mode) => (mode?.startsWith("service:") ? [mode.slice("service:".length)] : [])))];
}

/** Services whose containers this one shares a namespace or volumes with. */
export function sharedServices(service: Service): readonly string[] {
  const volumes = (service.volumes_from ?? []).map((from) => from.split(":")[0] ?? "");
  return [...new Set([...namespaceServices(service), ...volumes.filter((name) => name !== "container")])];
}

/** Whether what Docker Compose hashes and creates differs from what the file says. */
export function hasReferences(service: Service): boolean {
  return namespaceServices(service).length > 0 || (service.volumes_from ?? []).length > 0;
}

/**
 * The service with container ids in the place of service names, as Docker Compose resolves it before it hashes and creates: the mode
 * of a `volumes_from` is dropped. Source: docker/compose `resolveServiceReferences`.
 */
export function withContainers(service: Service, containerIds: Readonly<Record<string, string>>): Service {
  const modes = NAMESPACES.flatMap((key) => {
    const mode = service[key];
    return mode?.startsWith("service:") ? [[key, `container:${containerIds[mode.slice(8)] ?? ""}`] as const] : [];
  });
  const volumes = service.volumes_from?.map((from) => {
    const [first = "", second = ""] = from.split(":");
    return first === "container" ? second : (containerIds[first] ?? first);
  });
  return { ...service, ...Object.fromEntries(modes), ...(volumes ? { volumes_from: volumes } : {}) };
}
