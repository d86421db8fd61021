import { TallymanError } from "../error.ts";
import { isRetainedName } from "../label.ts";
import type { Project, Service } from "../project.ts";
import type { EngineClient } from "./engine-client.ts";
import { observeContainers } from "./observe.ts";

/** Services whose containers this one shares a namespace or volumes with. */
export function referencedServices({ network_mode, ipc, pid, volumes_from }: Service): readonly string[] {
  const modes = [network_mode, ipc, pid].flatMap((mode) => (mode?.startsWith("service:") ? [mode.slice(8)] : []));
  const volumes = (volumes_from ?? []).map((from) => from.split(":")[0] ?? "").filter((name) => name !== "container");
  return [...new Set([...modes, ...volumes])];
}

/**
 * Id of the container that each referenced service is known by: its lowest number, and of two with that number (a successor is in the
 * making) the newer one. Read now, not from what was observed before the plan, which may have replaced it since.
 */
export async function referencedContainers(
  client: EngineClient,
  project: Project,
  service: Service,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const ids: Record<string, string> = {};
  for (const serviceName of referencedServices(service)) {
    const containers = await observeContainers(client, project.name, signal, serviceName);
    const [first] = containers
      .filter(({ oneOff, name }) => !oneOff && !isRetainedName(name))
      .sort((a, b) => a.number - b.number || (a.createdAt < b.createdAt ? 1 : -1));
    if (!first)
      throw new TallymanError(
        "EngineRefused",
        `Service "${serviceName}" has no container to share with another service.`,
        {
          hint: `Give ${serviceName} at least one replica.`,
        },
      );
    ids[serviceName] = first.id;
  }
  return ids;
}
