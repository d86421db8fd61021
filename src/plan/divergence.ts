import { COMPOSE_LABEL } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import { imageOf, type Project } from "../project.ts";
import { describeChange } from "./describe-change.ts";

/** Image reference → the image id that must run. Given when a release is restored, so that a moved tag changes nothing. */
export type ImagePins = Readonly<Record<string, string>>;

/** What a comparison rests on beside the project itself. */
export interface Basis {
  readonly pins: ImagePins;
  /** The project as it was last applied, when this process still knows it: only to tell in words what changed. */
  readonly previous: Project | null;
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
): readonly string[] {
  if (container.state === "dead" || container.state === "removing") return [`container is ${container.state}`];
  return [
    ...configDivergence(project, serviceName, container, basis.previous),
    ...imageDivergence(project, serviceName, container, observed, basis.pins),
    ...networkDivergence(project, serviceName, container),
    ...volumeDivergence(project, serviceName, container),
  ];
}

function configDivergence(
  project: Project,
  serviceName: string,
  container: ObservedContainer,
  previous: Project | null,
): readonly string[] {
  const expected = project.hashes.services[serviceName];
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
  return [container.image === image ? "configuration changed" : `image changed ${container.image} → ${image}`];
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
  return container.image === image ? [`${image} is another image now`] : [];
}

function networkDivergence(project: Project, serviceName: string, container: ObservedContainer): readonly string[] {
  const keys = Object.keys(project.services[serviceName]?.networks ?? {});
  const attached = new Set(container.networks.map((network) => network.name));
  const missing = keys.filter((key) => project.networks[key] && !attached.has(project.networks[key].name));
  return missing.map((key) => `not attached to network ${key}`);
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
