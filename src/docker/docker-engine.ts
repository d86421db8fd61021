import type { Engine, EngineInfo } from "../engine.ts";
import { changes } from "./changes.ts";
import { differences } from "./differences.ts";
import { createEngineClient, type EngineClient } from "./engine-client.ts";
import { exitCodes } from "./exit-codes.ts";
import { logs } from "./logs.ts";
import { inspectContainer, observe } from "./observe.ts";
import { observedContainer } from "./observed-container.ts";
import type { Logins } from "./operations.ts";

export interface EngineConnection extends Logins {
  /** `unix:///path` or `tcp://host:port`. */
  readonly dockerHost: string;
}

interface SystemInfo {
  readonly Name: string;
  readonly Containers: number;
  readonly OperatingSystem: string;
  readonly DockerRootDir: string;
}

/** The Docker Engine as the one thing that changes the host. Connects at the first call; what changes it is loaded at the first change. */
export function connectEngine({ dockerHost, ...logins }: EngineConnection): Engine {
  const client = createEngineClient({ dockerHost });
  return {
    info: (signal) => engineInfo(client, signal),
    observe: (query, signal) => observe(client, query, signal),
    async perform(operation, context, signal) {
      const { perform } = await import("./operations.ts");
      return await perform(client, logins, operation, context, signal);
    },
    async inspect(containerId, signal) {
      const found = await inspectContainer(client, containerId, signal);
      return found && observedContainer(found);
    },
    differences: (context, signal) => differences(client, context, signal),
    changes: (project, signal) => changes(client, project, signal),
    exitCodes: (containerId, since, signal) => exitCodes(client, containerId, since, signal),
    logs: (containerId, options, signal) => logs(client, containerId, options, signal),
  };
}

async function engineInfo(client: EngineClient, signal: AbortSignal): Promise<EngineInfo> {
  const { version, apiVersion } = await client.version(signal);
  const info = await client.call<SystemInfo>(
    { method: "GET", path: "/info", what: "ask the Engine about itself" },
    signal,
  );
  return {
    version,
    apiVersion,
    name: info.Name,
    containers: info.Containers,
    operatingSystem: info.OperatingSystem,
    dockerRootDir: info.DockerRootDir,
  };
}
