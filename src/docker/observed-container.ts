import type Docker from "dockerode";
import { COMPOSE_LABEL } from "../label.ts";
import type { ContainerHealth, ContainerState, ObservedContainer, ObservedMount } from "../observed-state.ts";
import { healthDeadlineMs } from "./health-deadline.ts";

/** What `GET /containers/{id}/json` answers, with the fields that the package's types leave out. */
export type ContainerInspect = Docker.ContainerInspectInfo & {
  readonly RestartCount?: number;
  /** Seconds; absent means the Engine's default of 10. */
  readonly Config: { readonly StopTimeout?: number | null };
};

/** The answer that an observation was made from: a comparison field by field needs more of it than a plan does. */
const INSPECTS = new WeakMap<ObservedContainer, ContainerInspect>();

/** Null for an observation that was not made here, or was changed since. */
export function inspectOf(container: ObservedContainer): ContainerInspect | null {
  return INSPECTS.get(container) ?? null;
}

/** An inspect answer in our words. */
export function observedContainer(inspect: ContainerInspect): ObservedContainer {
  const observed = inOurWords(inspect);
  INSPECTS.set(observed, inspect);
  return observed;
}

function inOurWords(inspect: ContainerInspect): ObservedContainer {
  const labels = inspect.Config.Labels ?? {};
  return {
    id: inspect.Id,
    name: inspect.Name.replace(/^\//, ""),
    serviceName: labels[COMPOSE_LABEL.service] ?? "",
    number: Number(labels[COMPOSE_LABEL.number] ?? 0) || 0,
    oneOff: labels[COMPOSE_LABEL.oneOff] === "True",
    ...stateOf(inspect.State),
    ...(inspect.State.Health ? { healthDeadlineMs: healthDeadlineMs(inspect) } : {}),
    restartCount: inspect.RestartCount ?? 0,
    createdAt: inspect.Created,
    configHash: labels[COMPOSE_LABEL.configHash] ?? null,
    imageId: inspect.Image,
    image: inspect.Config.Image,
    labels,
    restartPolicy: inspect.HostConfig.RestartPolicy?.Name || "no",
    networks: Object.entries(inspect.NetworkSettings.Networks ?? {}).map(observedEndpoint),
    mounts: inspect.Mounts.map(observedMount),
    hostPorts: hostPorts(inspect.NetworkSettings.Ports),
  };
}

type Endpoint = ContainerInspect["NetworkSettings"]["Networks"][string];

function observedEndpoint([name, endpoint]: readonly [string, Endpoint]) {
  const addresses = [endpoint.IPAddress, endpoint.GlobalIPv6Address].filter(Boolean);
  return { name, id: endpoint.NetworkID, ...(addresses.length > 0 ? { addresses } : {}) };
}

function hostPorts(ports: ContainerInspect["NetworkSettings"]["Ports"] | null): readonly string[] {
  const held = Object.entries(ports ?? {}).flatMap(([target, bindings]) => {
    const protocol = target.split("/")[1] ?? "tcp";
    return ((bindings ?? []) as typeof bindings).map(({ HostPort }) => `${HostPort}/${protocol}`);
  });
  return [...new Set(held)];
}

function stateOf(state: ContainerInspect["State"]) {
  return {
    state: state.Status as ContainerState,
    health: healthOf(state),
    exitCode: state.ExitCode,
    oomKilled: state.OOMKilled,
    error: state.Error,
    startedAt: realTime(state.StartedAt),
    finishedAt: state.Running ? null : realTime(state.FinishedAt),
    healthLog: (state.Health?.Log ?? []).map((entry) => ({
      exitCode: entry.ExitCode,
      output: entry.Output,
      at: entry.End,
    })),
  };
}

function healthOf(state: ContainerInspect["State"]): ContainerHealth {
  const status = state.Health?.Status;
  return status === "starting" || status === "healthy" || status === "unhealthy" ? status : "none";
}

/** The Engine writes the year 1 where there is no time. */
export function realTime(time: string | null): string | null {
  return time?.startsWith("0001-") ? null : time;
}

function observedMount(mount: ContainerInspect["Mounts"][number]): ObservedMount {
  return {
    type: mount.Type ?? "bind",
    source: mount.Type === "volume" ? (mount.Name ?? "") : mount.Source,
    target: mount.Destination,
    readOnly: !mount.RW,
  };
}
