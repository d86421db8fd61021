import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { PerformContext, PerformResult } from "../engine.ts";
import { TallymanError } from "../error.ts";
import { imageOf, type Project, type Service } from "../project.ts";
import type { CreateContainer } from "./compose-labels.ts";
import { containerId } from "./container-operations.ts";
import { containerOptions } from "./container-options.ts";
import { serviceOf } from "./container-request.ts";
import type { EngineClient } from "./engine-client.ts";
import { statusOf } from "./engine-error.ts";
import { injectedFiles } from "./inject-files.ts";
import type { Endpoint } from "./network-options.ts";
import { observeImage } from "./observe.ts";
import { seccompProfileOf } from "./security-options.ts";
import { pause } from "./within.ts";

/** Filling a new volume from the image happens inside this call and may take long. */
const CREATE_DEADLINE_MS = 600_000;
const CREATE_AGAIN_MS = 1_000;

/** Creates one container with all its networks; when a network refuses, the container doesn't stay. */
export async function createContainer(
  client: EngineClient,
  operation: CreateContainer,
  context: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  const { project, labels } = context;
  const service = serviceOf({ project, operation });
  // What can't be put into it at its start is told now, while its predecessor still runs.
  injectedFiles(project, operation.serviceName);
  const image = imageOf(project, operation.serviceName);
  // The plan may have pulled it since the host was observed; its id goes on a label and its volumes are carried over.
  const found = await observeImage(client, operation.imageId ?? image, signal);
  const images = { ...context.observed.images, [image]: found };
  const { query, body, laterEndpoints } = containerOptions({
    project,
    operation,
    observed: { ...context.observed, images },
    labels,
    apiVersion: (await client.version(signal)).apiVersion,
    containerIds: sharedContainers(operation, context),
    seccompProfiles: await seccompProfiles(project, service),
  });
  const what = `create container ${operation.name}`;
  const create = () =>
    client.call<{ Id: string; Warnings: readonly string[] | null }>(
      { method: "POST", path: "/containers/create", query, body, what, deadlineMs: CREATE_DEADLINE_MS },
      signal,
    );
  const { Id: id, Warnings: warnings } = await create().catch(async (thrown: unknown) => {
    // Words that leave open whose fault it was: nothing was made, and trouble of the Engine's own is mostly over a moment later.
    if (statusOf(thrown) !== 500 || !(thrown instanceof TallymanError) || thrown.reason !== "EngineRefused")
      throw thrown;
    await pause(CREATE_AGAIN_MS, signal);
    return await create();
  });
  await connectLater(client, id, operation.name, laterEndpoints, signal);
  return { containerId: id, warnings: warnings ?? [] };
}

function sharedContainers({ shares }: CreateContainer, { created }: PerformContext): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(shares).map(([serviceName, container]) => [serviceName, containerId(container, created)]),
  );
}

async function connectLater(
  client: EngineClient,
  containerId: string,
  name: string,
  endpoints: readonly Endpoint[],
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const { network, settings } of endpoints) {
      const path = `/networks/${encodeURIComponent(network)}/connect`;
      const body = { Container: containerId, EndpointConfig: settings };
      await client.call({ method: "POST", path, body, what: `connect ${name} to network ${network}` }, signal);
    }
  } catch (error) {
    // Half connected it would look like a finished container to the next pass.
    const path = `/containers/${containerId}`;
    const removal = { method: "DELETE", path, query: { force: "1" }, what: `remove container ${name}` } as const;
    await client.call(removal, AbortSignal.timeout(30_000)).catch(() => {});
    throw error;
  }
}

/** The Engine wants a profile's content where the file names its path. */
async function seccompProfiles(project: Project, service: Service): Promise<Readonly<Record<string, string>>> {
  const profiles: Record<string, string> = {};
  for (const option of service.security_opt ?? []) {
    const path = seccompProfileOf(option);
    if (path !== null) profiles[path] = await seccompProfile(resolve(project.workingDir, path));
  }
  return profiles;
}

async function seccompProfile(path: string): Promise<string> {
  try {
    return JSON.stringify(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw new TallymanError("ComposeInvalid", `The seccomp profile ${path} can't be read as JSON.`, {
      hint: "Correct the path in security_opt, or the file.",
      cause,
    });
  }
}
