import { COMPOSE_LABEL } from "../../src/label.ts";
import type { ObservedContainer, ObservedState } from "../../src/observed-state.ts";
import { imageOf, type Project } from "../../src/project.ts";

/** The container that this project asks for, running; `changes` make it differ. */
export function runningContainer(
  project: Project,
  serviceName: string,
  number = 1,
  changes: Partial<ObservedContainer> = {},
): ObservedContainer {
  const image = imageOf(project, serviceName);
  return {
    id: Buffer.from(`${number}${serviceName}`).toString("hex").padEnd(64, "0"),
    name: `${project.name}-${serviceName}-${number}`,
    serviceName,
    number,
    oneOff: false,
    state: "running",
    health: "none",
    exitCode: 0,
    restartCount: 0,
    oomKilled: false,
    error: "",
    startedAt: "2026-01-01T00:00:00Z",
    finishedAt: null,
    createdAt: "2026-01-01T00:00:00Z",
    configHash: project.hashes.services[serviceName]?.a ?? null,
    imageId: `sha256:${image}`,
    image,
    labels: { [COMPOSE_LABEL.project]: project.name, [COMPOSE_LABEL.service]: serviceName },
    restartPolicy: "always",
    networks: Object.keys(project.services[serviceName]?.networks ?? {}).map((key) => ({
      id: key,
      name: project.networks[key]?.name ?? key,
    })),
    mounts: [],
    healthLog: [],
    ...changes,
  };
}

/** An Engine on which these containers run, with every image and network of the project there. */
export function observedState(
  project: Project,
  containers: readonly ObservedContainer[],
  changes: Partial<ObservedState> = {},
): ObservedState {
  const image = (reference: string) => ({
    id: `sha256:${reference}`,
    repoDigests: [],
    volumes: [],
    hasHealthcheck: false,
    labels: {},
    os: "linux",
    architecture: "amd64",
  });
  return {
    project: project.name,
    containers,
    networks: Object.entries(project.networks).map(([key, network]) => ({
      id: key,
      name: network.name,
      driver: "bridge",
      labels: { [COMPOSE_LABEL.project]: project.name, [COMPOSE_LABEL.network]: key },
    })),
    volumes: [],
    images: Object.fromEntries(
      Object.keys(project.services).map((name) => [imageOf(project, name), image(imageOf(project, name))]),
    ),
    ...changes,
  };
}
