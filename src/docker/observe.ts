import type Docker from "dockerode";
import { COMPOSE_LABEL } from "../label.ts";
import type {
  ObservedContainer,
  ObservedImage,
  ObservedNetwork,
  ObservedState,
  ObservedVolume,
  ObserveQuery,
} from "../observed-state.ts";
import type { EngineClient } from "./engine-client.ts";
import { statusOf } from "./engine-error.ts";
import { inParallel } from "./in-parallel.ts";
import { type ContainerInspect, observedContainer, realTime } from "./observed-container.ts";

const INSPECTS_AT_ONCE = 8;

/** One read of everything the planner looks at. What disappears while we read counts as absent. */
export async function observe(client: EngineClient, query: ObserveQuery, signal: AbortSignal): Promise<ObservedState> {
  const [containers, networks, volumes, images] = await Promise.all([
    observeContainers(client, query.project, signal),
    observeNetworks(client, query, signal),
    observeVolumes(client, query, signal),
    observeImages(client, query.images, signal),
  ]);
  return { project: query.project, containers, networks, volumes, images };
}

/** The project's containers, or one service's; in any state, one-offs included; ordered by name. */
export async function observeContainers(
  client: EngineClient,
  project: string,
  signal: AbortSignal,
  serviceName?: string,
): Promise<readonly ObservedContainer[]> {
  // Whatever is run from a built image has the image's labels, the project's among them; only Compose gives a hash. It asks so, too.
  const label = [`${COMPOSE_LABEL.project}=${project}`, COMPOSE_LABEL.configHash];
  if (serviceName !== undefined) label.push(`${COMPOSE_LABEL.service}=${serviceName}`);
  const found = await client.call<readonly { readonly Id: string }[]>(
    {
      method: "GET",
      path: "/containers/json",
      query: { all: "1", filters: JSON.stringify({ label }) },
      what: `list the containers of ${project}`,
    },
    signal,
  );
  const containers = await inParallel(found, INSPECTS_AT_ONCE, ({ Id }) => inspectContainer(client, Id, signal));
  return containers
    .filter((container) => container !== null)
    .map(observedContainer)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The Engine's own answer for one container; null when it is gone. */
export function inspectContainer(
  client: EngineClient,
  id: string,
  signal: AbortSignal,
): Promise<ContainerInspect | null> {
  return orNull(
    client.call<ContainerInspect>(
      { method: "GET", path: `/containers/${encodeURIComponent(id)}/json`, what: `inspect container ${id}` },
      signal,
    ),
  );
}

async function observeNetworks(
  client: EngineClient,
  query: ObserveQuery,
  signal: AbortSignal,
): Promise<readonly ObservedNetwork[]> {
  const all = await client.call<readonly Docker.NetworkInspectInfo[]>(
    { method: "GET", path: "/networks", what: "list networks" },
    signal,
  );
  const wanted = all.filter(
    ({ Name, Labels }) => query.networks.includes(Name) || Labels?.[COMPOSE_LABEL.project] === query.project,
  );
  return Promise.all(
    wanted.map(async ({ Id: id, Name: name, Driver: driver, Labels: labels }) => {
      const [hash, expected] = [labels?.[COMPOSE_LABEL.configHash], query.networkHashes?.[name]];
      const network = { id, name, driver, labels: labels ?? {} };
      if (hash === undefined || expected === undefined || hash === expected) return network;
      return { ...network, members: await networkMembers(client, network, signal) };
    }),
  );
}

async function networkMembers(
  client: EngineClient,
  { id, name }: { readonly id: string; readonly name: string },
  signal: AbortSignal,
): Promise<NonNullable<ObservedNetwork["members"]>> {
  const found = await orNull(
    client.call<{ readonly Containers?: Readonly<Record<string, { readonly Name: string }>> | null }>(
      { method: "GET", path: `/networks/${encodeURIComponent(id)}`, what: `inspect network ${name}` },
      signal,
    ),
  );
  return Object.entries(found?.Containers ?? {}).map(([containerId, { Name }]) => ({ id: containerId, name: Name }));
}

async function observeVolumes(
  client: EngineClient,
  query: ObserveQuery,
  signal: AbortSignal,
): Promise<readonly ObservedVolume[]> {
  const { Volumes: all } = await client.call<{ readonly Volumes: readonly Docker.VolumeInspectInfo[] | null }>(
    { method: "GET", path: "/volumes", what: "list volumes" },
    signal,
  );
  return (all ?? [])
    .filter(({ Name, Labels }) => query.volumes.includes(Name) || Labels?.[COMPOSE_LABEL.project] === query.project)
    .map(({ Name, Driver, Labels }) => ({ name: Name, driver: Driver, labels: Labels ?? {} }));
}

async function observeImages(
  client: EngineClient,
  references: readonly string[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, ObservedImage | null>>> {
  const wanted = [...new Set(references)];
  const images = await inParallel(wanted, INSPECTS_AT_ONCE, (reference) => observeImage(client, reference, signal));
  return Object.fromEntries(wanted.map((reference, index) => [reference, images[index] ?? null]));
}

type ImageInspect = Docker.ImageInspectInfo & { readonly Metadata?: { readonly LastTagTime?: string } };

interface ImageConfig {
  readonly Volumes?: object | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Healthcheck?: { readonly Test?: readonly string[] } | null;
}

/** The local image that a reference names now; null when there is none. */
export async function observeImage(
  client: EngineClient,
  reference: string,
  signal: AbortSignal,
): Promise<ObservedImage | null> {
  const image = await inspectImage(client, reference, signal);
  if (!image) return null;
  const config: ImageConfig = image.Config ?? {};
  const test = config.Healthcheck?.Test?.[0];
  const taggedAt = realTime(image.Metadata?.LastTagTime ?? null);
  return {
    id: image.Id,
    ...(taggedAt ? { taggedAt } : {}),
    repoDigests: image.RepoDigests ?? [],
    volumes: Object.keys(config.Volumes ?? {}),
    hasHealthcheck: test !== undefined && test !== "NONE",
    labels: config.Labels ?? {},
    os: image.Os,
    architecture: image.Architecture,
  };
}

/** What the image sets for its containers, in the Engine's words; null when there is no such image. */
export async function imageConfig(
  client: EngineClient,
  reference: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>> | null> {
  const image = await inspectImage(client, reference, signal);
  return image && { ...image.Config };
}

function inspectImage(client: EngineClient, reference: string, signal: AbortSignal): Promise<ImageInspect | null> {
  const path = `/images/${encodePath(reference)}/json`;
  return orNull(client.call<ImageInspect>({ method: "GET", path, what: `inspect image ${reference}` }, signal));
}

/** A reference keeps its slashes in a path; everything else that could end or climb the path is escaped. */
function encodePath(reference: string): string {
  return reference.split("/").map(encodeURIComponent).join("/");
}

async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}
