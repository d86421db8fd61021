import { COMPOSE_LABEL, EMULATED_COMPOSE_VERSION, TALLYMAN_LABEL } from "../label.ts";
import type { ObservedState } from "../observed-state.ts";
import type { Operation } from "../plan.ts";
import { imageOf, type Project } from "../project.ts";

type Labels = Readonly<Record<string, string>>;
export type CreateContainer = Extract<Operation, { readonly kind: "create-container" }>;

/**
 * A container's labels: the file's own, then ours, then Compose's, which win. `depends_on` is sorted, where Compose has a random
 * order. Source: compose.md §2; docker/compose pkg/compose/create.go.
 */
export function containerLabels(
  project: Project,
  operation: CreateContainer,
  observed: ObservedState,
  own: Labels,
): Labels {
  const { serviceName, number, configHash } = operation;
  const imageId = observed.images[imageOf(project, serviceName)]?.id;
  const environmentFiles = project.envFiles.join(",");
  return {
    ...project.services[serviceName]?.labels,
    ...own,
    ...contentsLabel(project, serviceName),
    [COMPOSE_LABEL.project]: project.name,
    [COMPOSE_LABEL.service]: serviceName,
    [COMPOSE_LABEL.configHash]: configHash,
    [COMPOSE_LABEL.number]: String(number),
    [COMPOSE_LABEL.oneOff]: "False",
    [COMPOSE_LABEL.dependsOn]: dependsOn(project, serviceName),
    [COMPOSE_LABEL.configFiles]: project.files.join(","),
    [COMPOSE_LABEL.workingDir]: project.workingDir,
    [COMPOSE_LABEL.version]: EMULATED_COMPOSE_VERSION,
    ...(imageId ? { [COMPOSE_LABEL.image]: imageId } : {}),
    ...(environmentFiles ? { [COMPOSE_LABEL.environmentFile]: environmentFiles } : {}),
    ...(operation.replaces ? { [COMPOSE_LABEL.replace]: replacedName(project, serviceName, number) } : {}),
  };
}

/** What the container reads of its stack's tree at its start. */
function contentsLabel({ contents }: Project, serviceName: string): Labels {
  const read = contents?.[serviceName];
  return read ? { [TALLYMAN_LABEL.contents]: JSON.stringify(read) } : {};
}

/** A network's labels: the file's own, then ours, then Compose's, which win. */
export function networkLabels(project: Project, networkKey: string, own: Labels): Labels {
  return {
    ...project.networks[networkKey]?.labels,
    ...own,
    ...resourceLabels(project, project.hashes.networks[networkKey]),
    [COMPOSE_LABEL.network]: networkKey,
  };
}

/** A volume's labels, as a network's. */
export function volumeLabels(project: Project, volumeKey: string, own: Labels): Labels {
  return {
    ...project.volumes[volumeKey]?.labels,
    ...own,
    ...resourceLabels(project, project.hashes.volumes[volumeKey]),
    [COMPOSE_LABEL.volume]: volumeKey,
  };
}

function resourceLabels(project: Project, configHash: string | undefined): Labels {
  return {
    [COMPOSE_LABEL.project]: project.name,
    [COMPOSE_LABEL.version]: EMULATED_COMPOSE_VERSION,
    ...(configHash ? { [COMPOSE_LABEL.configHash]: configHash } : {}),
  };
}

function dependsOn(project: Project, serviceName: string): string {
  return Object.entries(project.services[serviceName]?.depends_on ?? {})
    .map(([name, { condition, restart }]) => `${name}:${condition}:${restart ?? false}`)
    .sort()
    .join(",");
}

function replacedName(project: Project, serviceName: string, number: number): string {
  return project.services[serviceName]?.container_name ?? `${serviceName}-${number}`;
}
