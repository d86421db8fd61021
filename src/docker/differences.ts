import type { Difference, PerformContext } from "../engine.ts";
import { isServing } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import { imageOf } from "../project.ts";
import { sharedServices } from "../service-reference.ts";
import { compared, type Fields, fieldsOf, textOf } from "./compare.ts";
import { type ContainerOptions, containerOptions } from "./container-options.ts";
import type { EngineClient } from "./engine-client.ts";
import { expectedConfig } from "./expected-config.ts";
import { hostDifferences } from "./host-differences.ts";
import { inParallel } from "./in-parallel.ts";
import { limitDifferences } from "./limit-differences.ts";
import { mountDifferences } from "./mount-differences.ts";
import { networkDifferences, portDifferences } from "./network-differences.ts";
import { imageConfig, inspectContainer } from "./observe.ts";
import { inspectOf } from "./observed-container.ts";
import { processDifferences } from "./process-differences.ts";

type Context = Pick<PerformContext, "project" | "observed" | "labels">;

const AT_ONCE = 8;

/**
 * Field by field, where serving containers differ from what would be created now; an entry for each one that was compared. Costs one
 * question per image, and one per container that was not just observed. Throws as `containerOptions` and any Engine call do.
 */
export async function differences(
  client: EngineClient,
  context: Context,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Difference[]>> {
  const { apiVersion } = await client.version(signal);
  const serving = context.observed.containers.filter((container) => isCompared(container, context));
  const images = await imageConfigs(client, serving, signal);
  const found = await inParallel(serving, AT_ONCE, async (container) => {
    const inspect = inspectOf(container) ?? (await inspectContainer(client, container.id, signal));
    return { container, inspect };
  });
  return new Map(
    found.flatMap(({ container, inspect }) => {
      if (!inspect) return [];
      const options = optionsOf(container, context, apiVersion);
      const image = images.get(container.imageId) ?? null;
      const told = [
        ...imageDifference(container, context.observed, imageOf(context.project, container.serviceName)),
        ...containerDifferences(options, fieldsOf(inspect), image),
      ];
      return [[container.id, told] as const];
    }),
  );
}

/** Where one container differs from what its create was sent. Pure; `image` is the `Config` of the image it was made from. */
export function containerDifferences(
  { body, laterEndpoints }: ContainerOptions,
  found: Fields,
  image: Fields | null,
): readonly Difference[] {
  const host = fieldsOf(body.HostConfig);
  const [config, foundHost] = [fieldsOf(found["Config"]), fieldsOf(found["HostConfig"])];
  const endpoints = Object.entries(body.NetworkingConfig?.EndpointsConfig ?? {}).map(([network, settings]) => ({
    network,
    settings: settings ?? {},
  }));
  // An image that is gone cannot say what came from it: what is there then counts as its own.
  const process = image ? processDifferences(expectedConfig(fieldsOf(body), image), config) : [];
  return [
    ...process,
    ...hostnameDifference(fieldsOf(body), host, found),
    ...limitDifferences(host, foundHost),
    ...hostDifferences(host, foundHost),
    ...mountDifferences(host, found, Object.keys(fieldsOf(image?.["Volumes"]))),
    ...portDifferences(host["PortBindings"], foundHost["PortBindings"]),
    ...compared("network mode", textOf(host["NetworkMode"]), textOf(foundHost["NetworkMode"])),
    ...networkDifferences([...endpoints, ...laterEndpoints], found),
  ];
}

function isCompared(container: ObservedContainer, { project }: Context): boolean {
  return project.services[container.serviceName] !== undefined && isServing(container);
}

function optionsOf(container: ObservedContainer, context: Context, apiVersion: string): ContainerOptions {
  const { project, observed, labels } = context;
  const { serviceName, number } = container;
  const finalName = project.services[serviceName]?.container_name ?? `${project.name}-${serviceName}-${number}`;
  const fresh = { replaces: null, configHash: "", imageId: null, shares: {} };
  return containerOptions({
    project,
    operation: { kind: "create-container", serviceName, number, name: finalName, finalName, ...fresh },
    observed,
    labels,
    apiVersion,
    containerIds: sharedIds(container, context),
    seccompProfiles: {},
  });
}

/** The container that stands for each service whose namespace or volumes this one shares: its lowest number. */
function sharedIds({ serviceName }: ObservedContainer, context: Context): Readonly<Record<string, string>> {
  const service = context.project.services[serviceName];
  const shared = service ? sharedServices(service) : [];
  return Object.fromEntries(
    shared.flatMap((name) => {
      const serving = context.observed.containers.filter((one) => one.serviceName === name && isCompared(one, context));
      const [first] = serving.sort((a, b) => a.number - b.number);
      return first ? [[name, first.id] as const] : [];
    }),
  );
}

/** One that was asked for by its id is a release's own, whatever its tag names now. */
function imageDifference(
  { imageId }: ObservedContainer,
  { images }: ObservedState,
  reference: string,
): readonly Difference[] {
  const wanted = images[reference]?.id;
  return wanted === undefined || imageId in images ? [] : compared("image", wanted, imageId);
}

/** The Engine calls a container by its short id, or by its host's name, when nobody chooses. */
function hostnameDifference(wanted: Fields, host: Fields, found: Fields): readonly Difference[] {
  const chosen = textOf(wanted["Hostname"]);
  const name = textOf(fieldsOf(found["Config"])["Hostname"]);
  const isAnothers = /^(host$|container:)/.test(textOf(host["NetworkMode"])) || host["UTSMode"] === "host";
  if (chosen === "" && (isAnothers || textOf(found["Id"]).startsWith(name))) return [];
  return compared("hostname", chosen, name);
}

async function imageConfigs(
  client: EngineClient,
  containers: readonly ObservedContainer[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Fields | null>> {
  const ids = [...new Set(containers.map(({ imageId }) => imageId))];
  const configs = await inParallel(ids, AT_ONCE, (id) => imageConfig(client, id, signal));
  return new Map(ids.map((id, index) => [id, configs[index] ?? null]));
}
