import type { Project } from "../project.ts";
import { ComposeFault } from "./compose-fault.ts";

/** Refuses two services that want the same container name. Source: compose-go CheckContainerNameUnicity. */
export function checkContainerNames({ services }: Pick<Project, "services">): void {
  const owners = new Map<string, string>();
  for (const [name, { container_name: wanted }] of Object.entries(services)) {
    if (!wanted) continue;
    const owner = owners.get(wanted);
    if (owner !== undefined)
      throw new ComposeFault(
        `services.${name}: container name "${wanted}" is already in use by service ${owner}`,
        ["services", name, "container_name"],
        "Give each service a container_name of its own, or none.",
      );
    owners.set(wanted, name);
  }
}
