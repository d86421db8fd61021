import type { PerformContext, PerformResult } from "../engine.ts";
import { TallymanError } from "../error.ts";
import type { ContainerReference, Operation } from "../plan.ts";
import { restartPolicy } from "./container-options.ts";
import type { EngineClient, EngineRequest } from "./engine-client.ts";
import { engineText, statusOf } from "./engine-error.ts";
import { given } from "./given.ts";
import { runHooks } from "./hooks.ts";
import { injectFiles } from "./inject-files.ts";
import { inspectContainer } from "./observe.ts";
import { leavesPortOpen } from "./port-options.ts";

type Of<Kind extends Operation["kind"]> = Extract<Operation, { readonly kind: Kind }>;

const START_DEADLINE_MS = 180_000;
const REMOVE_DEADLINE_MS = 180_000;
const DEFAULT_GRACE_SECONDS = 10;
const AFTER_GRACE_MS = 60_000;

/** The id of an existing container, or of one that this plan made. */
export function containerId(reference: ContainerReference, created: PerformContext["created"]): string {
  if ("id" in reference) return reference.id;
  const id = created.get(reference.createdBy);
  if (id === undefined)
    throw new TallymanError(
      "Internal",
      `Container ${reference.name} was never created (operation #${reference.createdBy}).`,
    );
  return id;
}

/** Puts a container's injected files into it, starts it, and runs its post_start hooks. */
export async function startContainer(
  client: EngineClient,
  { serviceName, container }: Of<"start-container">,
  { project, created }: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  const id = containerId(container, created);
  const what = `start container ${container.name}`;
  await injectFiles(client, project, serviceName, id, signal);
  const request = { method: "POST", path: `/containers/${id}/start`, what, deadlineMs: START_DEADLINE_MS } as const;
  const start = () => client.call(request, signal);
  const service = project.services[serviceName];
  // Of containers that take a host port out of a range, two that start at once may be given the same one.
  await (service && !leavesPortOpen(service) ? start() : client.inTurn(start));
  const failed = await runHooks(client, service?.post_start ?? [], id, signal);
  if (failed === null) return {};
  throw new TallymanError("NotHealthy", `services.${serviceName}.post_start: ${failed}.`, {
    hint: `Run the hook by hand in ${container.name}: \`docker exec\`.`,
  });
}

/** Runs a container's pre_stop hooks and stops it within its grace period, whatever they say; one that is stopped or gone already counts as stopped. */
export async function stopContainer(
  client: EngineClient,
  { serviceName, container, graceSeconds }: Of<"stop-container">,
  { project, created }: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  const id = containerId(container, created);
  const inspect = await inspectContainer(client, id, signal);
  if (!inspect) return {};
  const deadlineMs = (graceSeconds ?? inspect.Config.StopTimeout ?? DEFAULT_GRACE_SECONDS) * 1_000 + AFTER_GRACE_MS;
  const what = `stop container ${container.name}`;
  const hooks = inspect.State.Running ? (project.services[serviceName]?.pre_stop ?? []) : [];
  const failed = await runHooks(client, hooks, id, signal);
  const query = given("t", graceSeconds);
  await ignoring([404], client, { method: "POST", path: `/containers/${id}/stop`, query, what, deadlineMs }, signal);
  return failed === null ? {} : { warnings: [`services.${serviceName}.pre_stop: ${failed}`] };
}

/** Removes a container, and no volume unless told to; one that is gone or on its way already counts as removed. */
export async function removeContainer(
  client: EngineClient,
  { container, volumes }: Of<"remove-container">,
  { created }: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  const path = `/containers/${containerId(container, created)}`;
  const what = `remove container ${container.name}`;
  const common = { what, deadlineMs: REMOVE_DEADLINE_MS };
  const status = await ignoring(
    [404, 409],
    client,
    { method: "DELETE", path, query: { force: "1", v: volumes ? "1" : "0" }, ...common },
    signal,
  );
  // Somebody else is removing it: its name is free only when they are done.
  const gone = { method: "POST", path: `${path}/wait`, query: { condition: "removed" }, ...common } as const;
  if (status === 409) await ignoring([404], client, gone, signal);
  return {};
}

/** Renames a container; one that bears the name already is left alone. */
export async function renameContainer(
  client: EngineClient,
  { container, newName }: Of<"rename-container">,
  { created }: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  const path = `/containers/${containerId(container, created)}/rename`;
  const what = `rename container ${container.name} to ${newName}`;
  try {
    await client.call({ method: "POST", path, query: { name: newName }, what }, signal);
  } catch (error) {
    if (!/same name as (its )?current name/i.test(engineText(error))) throw error;
  }
  return {};
}

/** Sets whether the Engine restarts a container by itself: never, or as the file says. */
export async function setRestartPolicy(
  client: EngineClient,
  { serviceName, container, policy }: Of<"set-restart-policy">,
  { project, created }: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  const service = project.services[serviceName];
  const declared = policy === "as-declared" && service ? restartPolicy(service) : undefined;
  const body = { RestartPolicy: declared ?? { Name: "no", MaximumRetryCount: 0 } };
  const path = `/containers/${containerId(container, created)}/update`;
  const what = `set the restart policy of ${container.name}`;
  const answer = await client.call<{ Warnings: readonly string[] | null }>(
    { method: "POST", path, body, what },
    signal,
  );
  return { warnings: answer.Warnings ?? [] };
}

/** Sends a running container a signal; one that stopped meanwhile reads its files at its next start anyway. */
export async function signalContainer(
  client: EngineClient,
  { container, signal: name }: Of<"signal-container">,
  { created }: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  const path = `/containers/${containerId(container, created)}/kill`;
  const what = `send ${name} to container ${container.name}`;
  await ignoring([404, 409], client, { method: "POST", path, query: { signal: name }, what }, signal);
  return {};
}

/** The status that was ignored, or null when the call succeeded. */
export async function ignoring(
  statuses: readonly number[],
  client: EngineClient,
  request: EngineRequest,
  signal: AbortSignal,
): Promise<number | null> {
  try {
    await client.call(request, signal);
    return null;
  } catch (error) {
    const status = statusOf(error);
    if (status === null || !statuses.includes(status)) throw error;
    return status;
  }
}
