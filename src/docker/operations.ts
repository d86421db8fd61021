import type { PerformContext, PerformResult } from "../engine.ts";
import type { Operation } from "../plan.ts";
import { awaitContainer } from "./await-container.ts";
import { awaitService } from "./await-service.ts";
import {
  removeContainer,
  renameContainer,
  setRestartPolicy,
  signalContainer,
  startContainer,
  stopContainer,
} from "./container-operations.ts";
import { createContainer } from "./create-container.ts";
import type { EngineClient } from "./engine-client.ts";
import { connectNetwork, createNetwork, disconnectNetwork, removeNetwork } from "./network-operations.ts";
import type { RegistryAuth } from "./registry-auth.ts";
import { removeImage } from "./remove-image.ts";
import { createVolume, removeVolume } from "./volume-operations.ts";
import { pause } from "./within.ts";

/** What the caller may hand on to registries and builds. */
export interface Logins {
  /** Logins for private registries. */
  readonly registryAuth?: RegistryAuth | undefined;
  /** Socket of the caller's own SSH agent, which `ssh: default` of a build means. */
  readonly sshAgent?: string | undefined;
}

/** Does one operation of a plan; decides nothing. */
export async function perform(
  client: EngineClient,
  { registryAuth, sshAgent }: Logins,
  operation: Operation,
  context: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  switch (operation.kind) {
    // Loaded when there is something to fetch or to build: most plans have neither.
    case "pull-image": {
      const { pullImage } = await import("./pull.ts");
      await pullImage(client, { ...operation, progress: context.progress, registryAuth }, signal);
      return {};
    }
    case "build-image": {
      const { buildImage } = await import("./build.ts");
      await buildImage(client, { ...operation, ...context, registryAuth, sshAgent }, signal);
      return {};
    }
    case "create-network":
      return createNetwork(client, operation, context, signal);
    case "remove-network":
      return removeNetwork(client, operation, context, signal);
    case "create-volume":
      return createVolume(client, operation, context, signal);
    case "remove-volume":
      return removeVolume(client, operation, signal);
    case "create-container":
      return createContainer(client, operation, context, signal);
    case "start-container":
      return startContainer(client, operation, context, signal);
    case "stop-container":
      return stopContainer(client, operation, context, signal);
    case "remove-container":
      return removeContainer(client, operation, context, signal);
    case "rename-container":
      return renameContainer(client, operation, context, signal);
    case "set-restart-policy":
      return setRestartPolicy(client, operation, context, signal);
    case "disconnect-network":
      return disconnectNetwork(client, operation, context, signal);
    case "connect-network":
      return connectNetwork(client, operation, context, signal);
    case "signal-container":
      return signalContainer(client, operation, context, signal);
    case "await-container":
      return awaitContainer(client, operation, context, signal);
    case "delay":
      await pause(operation.ms, signal);
      return {};
    case "remove-image":
      return removeImage(client, operation, signal);
    case "await-service":
      return awaitService(client, operation, context, signal);
  }
}
