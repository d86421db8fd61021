import { RESTART_POLICY } from "../engine.ts";
import type { KeptContainer } from "../kept-container.ts";
import { COMPOSE_LABEL } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { NetworkPlace } from "../plan.ts";
import { type ConfigHash, imageOf, type Project, type Service } from "../project.ts";
import { changedContents, contentCause } from "./content-divergence.ts";
import { describeChange } from "./describe-change.ts";

/** Image reference → the image id that must run. Given when a release is restored, so that a moved tag changes nothing. */
export type ImagePins = Readonly<Record<string, string>>;

/** What a comparison rests on beside the project itself. */
export interface Basis {
  /** `--no-recreate`, or the services that `--force-recreate` means: whatever a comparison says. Absent: what changed is made anew. */
  readonly recreate?: "never" | ReadonlySet<string>;
  readonly pins: ImagePins;
  /** Image reference → `name@sha256:…`: the way to a pinned image that is gone from here. */
  readonly repoDigests?: Readonly<Record<string, string>>;
  /** Container id → what it counts as having been made from, whatever its labels say. */
  readonly kept?: ReadonlyMap<string, KeptContainer>;
  /** Container id → fields in which it is not as it would be created now. */
  readonly drifted?: ReadonlyMap<string, readonly string[]>;
  /** Whether a signal may tell a container of changed files. False where files get another inode behind our back; absent: yes. */
  readonly reloads?: boolean;
  /** Whether a container is put into a network that it should be in, and stays who it is. Absent: it is made anew, as by Docker Compose. */
  readonly rejoins?: boolean;
  /** The project as it was last applied, when this process still knows it: only to tell in words what changed. */
  readonly previous: Project | null;
  /** Docker Compose's config hash of a service in which container ids stand in the place of service names. */
  readonly hashOf: (service: Service) => ConfigHash;
}

/**
 * Why a container is not what the project asks for, in words; empty when it is up to date.
 * Source: docker/compose convergence (`mustRecreate`): config hash in either flavour, image, networks, volumes.
 */
export function divergences(
  project: Project,
  serviceName: string,
  container: ObservedContainer,
  observed: ObservedState,
  basis: Basis,
  expected: ConfigHash | undefined = project.hashes.services[serviceName],
): readonly string[] {
  const causes = divergencesBeside(project, serviceName, container, observed, basis, expected);
  const changed = changedContents(project, serviceName, container, basis.kept?.get(container.id));
  return [...causes, ...changed.map(contentCause)];
}

/** The same without regard to the content of mounted files. */
export function divergencesBeside(
  project: Project,
  serviceName: string,
  container: ObservedContainer,
  observed: ObservedState,
  basis: Basis,
  expected: ConfigHash | undefined,
): readonly string[] {
  if (container.state === "dead" || container.state === "removing") return [`container is ${container.state}`];
  const known = basis.kept?.get(container.id);
  const counted = known?.configHash ? { ...container, configHash: known.configHash } : container;
  // Adopted under the hash of the definition itself, whatever ids stand in it on the label.
  const adopted = known?.configHash != null && known.configHash === project.hashes.services[serviceName]?.a;
  const causes = [
    ...(adopted ? [] : configDivergence(project, serviceName, counted, expected, basis.previous)),
    ...imageDivergence(project, serviceName, container, observed, basis.pins),
    ...networkDivergence(project, serviceName, container, observed, basis),
    ...volumeDivergence(project, serviceName, container),
  ];
  if (causes.length > 0) return causes;
  const fields = basis.drifted?.get(container.id) ?? [];
  const joined = networksToJoin(project, serviceName, container, basis).map(
    ({ networkName }) => `network ${networkName}`,
  );
  const mended = [RESTART_POLICY, ...joined];
  return fields.filter((field) => !mended.includes(field)).map((field) => `${field} is not as declared`);
}

function configDivergence(
  project: Project,
  serviceName: string,
  container: ObservedContainer,
  expected: ConfigHash | undefined,
  previous: Project | null,
): readonly string[] {
  if (!expected || container.configHash === expected.a || container.configHash === expected.b) return [];
  const before = previous?.services[serviceName];
  const after = project.services[serviceName];
  const change =
    before &&
    after &&
    previous?.hashes.services[serviceName]?.a === container.configHash &&
    describeChange(before, after);
  if (change) return [change];
  const image = imageOf(project, serviceName);
  const changed = container.image !== image && !isImageId(container.image);
  return [changed ? `image changed ${container.image} → ${image}` : "configuration changed"];
}

function imageDivergence(
  project: Project,
  serviceName: string,
  container: ObservedContainer,
  observed: ObservedState,
  pins: ImagePins,
): readonly string[] {
  const image = imageOf(project, serviceName);
  const expected = pins[image] ?? observed.images[image]?.id;
  if (expected === undefined || container.imageId === expected) return [];
  if (container.labels[COMPOSE_LABEL.image] === expected) return [];
  return container.image === image || isImageId(container.image) ? [`${image} is another image now`] : [];
}

/** What a container was made from that had to run a pinned image. */
function isImageId(image: string): boolean {
  return image.startsWith("sha256:");
}

/** Where the container should be and is not: taken out by hand, or by a pass that was cut off while it made the network anew. */
export function networksToJoin(
  project: Project,
  serviceName: string,
  { networks }: ObservedContainer,
  { rejoins }: Pick<Basis, "rejoins">,
): readonly NetworkPlace[] {
  if (!rejoins) return [];
  return Object.keys(project.services[serviceName]?.networks ?? {}).flatMap((networkKey) => {
    const networkName = project.networks[networkKey]?.name;
    const isThere = networkName === undefined || networks.some(({ name }) => name === networkName);
    return isThere ? [] : [{ networkKey, networkName }];
  });
}

function networkDivergence(
  project: Project,
  serviceName: string,
  container: ObservedContainer,
  observed: ObservedState,
  { rejoins }: Basis,
): readonly string[] {
  const keys = Object.keys(project.services[serviceName]?.networks ?? {});
  return keys.flatMap((key) => {
    const name = project.networks[key]?.name;
    if (name === undefined) return [];
    const place = container.networks.find((network) => network.name === name);
    if (!place) return rejoins ? [] : [`not attached to network ${key}`];
    const id = observed.networks.find((network) => network.name === name)?.id;
    // One that never ran has no id yet; one whose network was made anew behind its back could not start any more.
    return place.id === "" || place.id === id ? [] : [`network ${key} is another one now`];
  });
}

function volumeDivergence(project: Project, serviceName: string, container: ObservedContainer): readonly string[] {
  const mounted = new Set(container.mounts.filter((mount) => mount.type === "volume").map((mount) => mount.source));
  const wanted = (project.services[serviceName]?.volumes ?? []).filter(
    (mount) => mount.type === "volume" && mount.source,
  );
  const missing = wanted.filter((mount) => {
    const volume = project.volumes[mount.source ?? ""];
    return volume !== undefined && !mounted.has(volume.name);
  });
  return missing.map((mount) => `volume ${mount.source} is not mounted at ${mount.target}`);
}
