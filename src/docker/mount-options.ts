import type Docker from "dockerode";
import { TallymanError } from "../error.ts";
import type { ObservedMount } from "../observed-state.ts";
import { imageOf, type Mount, type Project, type Service } from "../project.ts";
import { parseBytes } from "../quantity.ts";
import type { ContainerRequest } from "./container-request.ts";
import { apiAtLeast } from "./engine-client.ts";
import { configTarget, isInjected, secretTarget } from "./file-targets.ts";
import { given } from "./given.ts";

/**
 * Everything mounted: the old container's anonymous volumes, the service's volumes, its secret and config files; a target that is
 * taken is left alone by what comes later. Plain binds and named volumes go to `Binds`, where the Engine creates a missing host
 * directory; the rest goes to `Mounts`. Both are sorted, as their order means nothing. Source: compose.md §3.3, §3.4.
 */
export function mountOptions(request: ContainerRequest, service: Service): Docker.HostConfig {
  const { project } = request;
  const binds: string[] = [];
  const mounts = new Map<string, Docker.MountSettings>();
  for (const mount of carriedOver(request, service)) mounts.set(mount.Target, mount);
  for (const volume of service.volumes ?? []) {
    const bind = bindString(project, volume);
    if (bind !== null) {
      mounts.delete(volume.target);
      binds.push(bind);
    } else if (volume.source || volume.type !== "volume" || !mounts.has(volume.target))
      mounts.set(volume.target, mountSettings(request, volume));
  }
  const taken = new Set([...mounts.keys(), ...(service.volumes ?? []).map(({ target }) => target)]);
  for (const file of fileMounts(project, service)) if (!taken.has(file.Target)) mounts.set(file.Target, file);
  return {
    ...given("Binds", binds.length > 0 ? binds.sort() : undefined),
    ...given(
      "Mounts",
      mounts.size > 0 ? [...mounts.values()].sort((a, b) => (a.Target < b.Target ? -1 : 1)) : undefined,
    ),
    ...given("Tmpfs", service.tmpfs && tmpfsMap(service.tmpfs)),
    ...given("VolumesFrom", volumesFrom(request, service)),
  };
}

/**
 * The volumes that a replaced container wrote to without a name for them in the file: its successor gets them back, or data would
 * be lost at every update.
 */
function carriedOver(request: ContainerRequest, service: Service): readonly Docker.MountSettings[] {
  const { observed, operation, project } = request;
  if (operation.renewVolumes) return [];
  const old = observed.containers.find(({ id }) => id === operation.replaces);
  const declared = observed.images[imageOf(project, operation.serviceName)]?.volumes ?? [];
  const anonymous = (service.volumes ?? []).filter(({ source }) => !source).map(({ target }) => target);
  return (old?.mounts ?? [])
    .filter(({ type, target }) => type !== "tmpfs" && (declared.includes(target) || anonymous.includes(target)))
    .map(carriedMount);
}

function carriedMount({ type, source, target, readOnly }: ObservedMount): Docker.MountSettings {
  return { Type: type as Docker.MountType, Source: source, Target: target, ReadOnly: readOnly };
}

/** `source:target:rw[,…]`, or null when only the Mount API can say it. */
function bindString(project: Project, volume: Mount): string | null {
  const source = volume.type === "bind" ? plainBindSource(volume) : plainVolumeName(project, volume);
  if (source === null) return null;
  const options = [volume.read_only ? "ro" : "rw", volume.bind?.selinux].filter(Boolean);
  return `${source}:${volume.target}:${options.join(",")}`;
}

/** Without a `bind` map the host path is created; with one, only when it says so (Docker Compose up to 2.40). */
function plainBindSource({ source, bind }: Mount): string | null {
  if (bind && (!bind.create_host_path || bind.propagation || bind.recursive)) return null;
  return source ?? null;
}

function plainVolumeName(project: Project, { type, source, volume }: Mount): string | null {
  if (type !== "volume" || !source || volume?.subpath || volume?.nocopy || volume?.labels) return null;
  return project.volumes[source]?.name ?? null;
}

function mountSettings(request: ContainerRequest, mount: Mount): Docker.MountSettings {
  const source = mount.type === "volume" && mount.source ? request.project.volumes[mount.source]?.name : mount.source;
  return {
    Type: mount.type as Docker.MountType,
    Target: mount.target,
    Source: source ?? "",
    ReadOnly: mount.read_only ?? false,
    ...given("Consistency", mount.consistency as Docker.MountConsistency | undefined),
    ...typeOptions(request, mount),
  };
}

function typeOptions(request: ContainerRequest, mount: Mount): Partial<Docker.MountSettings> {
  const { volume, tmpfs, image } = mount;
  switch (mount.type) {
    case "bind":
      return { BindOptions: bindOptions(mount) };
    case "volume":
      return { VolumeOptions: volumeOptions(volume) };
    case "tmpfs":
      return {
        TmpfsOptions: { ...given("SizeBytes", tmpfs?.size && parseBytes(tmpfs.size)), ...given("Mode", tmpfs?.mode) },
      } as Partial<Docker.MountSettings>;
    case "image":
      requireImageMounts(request, mount);
      return { ImageOptions: { ...given("Subpath", image?.subpath) } } as Partial<Docker.MountSettings>;
    default:
      return {};
  }
}

function bindOptions({ bind }: Mount): Docker.MountSettings["BindOptions"] {
  const recursion: Readonly<Record<string, object>> = {
    disabled: { NonRecursive: true },
    writable: { ReadOnlyNonRecursive: true },
    readonly: { ReadOnlyForceRecursive: true },
  };
  return {
    ...given("Propagation", bind?.propagation as Docker.MountPropagation | undefined),
    ...(bind?.create_host_path ? { CreateMountpoint: true } : {}),
    ...recursion[bind?.recursive ?? ""],
  } as Docker.MountSettings["BindOptions"];
}

function volumeOptions(volume: Mount["volume"]): Docker.MountSettings["VolumeOptions"] {
  return {
    ...given("NoCopy", volume?.nocopy),
    ...given("Labels", volume?.labels && { ...volume.labels }),
    ...given("Subpath", volume?.subpath),
  } as Docker.MountSettings["VolumeOptions"];
}

function requireImageMounts({ apiVersion, operation }: ContainerRequest, mount: Mount): void {
  if (apiAtLeast(apiVersion, "1.48")) return;
  throw new TallymanError(
    "ComposeUnsupported",
    `services.${operation.serviceName}.volumes: mounting the image ${mount.source ?? ""} at ${mount.target} needs Docker Engine 28 or newer.`,
    { hint: "Update the Engine, or copy the files with a volume." },
  );
}

/** Secrets come before configs. A missing secret file is refused by the Engine. */
function fileMounts(project: Project, service: Service): readonly Docker.MountSettings[] {
  const secrets = (service.secrets ?? []).flatMap((reference) => {
    const file = project.secrets[reference.source];
    return file?.file && !isInjected(file) ? [fileMount(file.file, secretTarget(reference), { BindOptions: {} })] : [];
  });
  const configs = (service.configs ?? []).flatMap((reference) => {
    const file = project.configs[reference.source];
    return file?.file && !isInjected(file) ? [fileMount(file.file, configTarget(reference), {})] : [];
  });
  return [...secrets, ...configs];
}

function fileMount(source: string, target: string, options: object): Docker.MountSettings {
  return { Type: "bind", Source: source, Target: target, ReadOnly: true, ...options };
}

function tmpfsMap(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(list.map((entry) => [entry.split(":")[0] ?? "", entry.split(":").slice(1).join(":")]));
}

/** The mode is dropped, as Compose does. */
function volumesFrom({ containerIds }: ContainerRequest, service: Service): string[] | undefined {
  return service.volumes_from?.map((from) => {
    const [first = "", second = ""] = from.split(":");
    return first === "container" ? second : (containerIds[first] ?? first);
  });
}
