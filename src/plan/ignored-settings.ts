import type { FileObject, FileReference, Mount, Project, Service } from "../project.ts";

/**
 * What a service asks for and does not get, one sentence each: the owner and mode of a mounted file, options of another type of mount.
 * Source: docker/compose `buildContainerConfigMounts`, `buildContainerSecretMounts`, `buildMountOptions`.
 */
export function ignoredSettings(project: Project, serviceName: string): readonly string[] {
  const service = project.services[serviceName];
  if (!service) return [];
  const where = `services.${serviceName}`;
  return [
    ...ownedFiles(service.configs, project.configs).map((name) => ignoredOwner(`${where}.configs`, name)),
    ...ownedFiles(service.secrets, project.secrets).map((name) => ignoredOwner(`${where}.secrets`, name)),
    ...strayOptions(service).map((sentence) => `${where}.volumes: ${sentence}`),
  ];
}

function ignoredOwner(where: string, name: string): string {
  return `${where}: uid, gid and mode of ${name} are ignored, as its file is mounted the way it is on the host`;
}

/** Mounted from the host; what is put into the container itself is given its owner and mode. */
function ownedFiles(
  references: readonly FileReference[] = [],
  files: Readonly<Record<string, FileObject>>,
): readonly string[] {
  return references.flatMap(({ source, uid, gid, mode }) => {
    const isOwned = uid !== undefined || gid !== undefined || mode !== undefined;
    return isOwned && files[source]?.file !== undefined ? [source] : [];
  });
}

const OPTIONS = ["bind", "volume", "tmpfs", "image"] as const;

function strayOptions({ volumes = [] }: Service): readonly string[] {
  return volumes.flatMap((mount: Mount) =>
    OPTIONS.filter((key) => key !== mount.type && mount[key] !== undefined).map(
      (key) => `a mount of type ${mount.type}, as the one at ${mount.target}, takes no notice of ${key} options`,
    ),
  );
}
