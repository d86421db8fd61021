import type { PerformContext, PerformResult } from "../engine.ts";
import { TallymanError } from "../error.ts";
import { COMPOSE_LABEL, isRetainedName } from "../label.ts";
import type { Operation } from "../plan.ts";
import { expectedReplicas } from "../project.ts";
import { changes } from "./changes.ts";
import { dependencyHint, dependencyVerdict } from "./dependency-verdict.ts";
import type { EngineClient } from "./engine-client.ts";
import { healthDeadlineMs } from "./health-deadline.ts";
import { inspectContainer } from "./observe.ts";
import type { ContainerInspect } from "./observed-container.ts";
import { pause } from "./within.ts";

type AwaitService = Extract<Operation, { readonly kind: "await-service" }>;

const NET_MS = 2_000;
/** A job such as a migration may run long, but not for ever. */
const COMPLETION_DEADLINE_MS = 3_600_000;

/**
 * Waits until a dependency meets its condition: woken by Engine events, with a slow look as a net. Throws NotHealthy when it can't be
 * met any more or takes too long; a dependency that isn't required only warns.
 */
export async function awaitService(
  client: EngineClient,
  operation: AwaitService,
  { project }: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  const service = project.services[operation.serviceName];
  if (service && expectedReplicas(service) === 0) return {};
  const because = await whyNotMet(client, operation, project.name, signal);
  if (because === null) return {};
  if (!operation.required) return { warnings: [`optional dependency ${operation.serviceName}: ${because}`] };
  throw new TallymanError("NotHealthy", `${because}.`, {
    hint: dependencyHint(because, operation.serviceName),
  });
}

async function whyNotMet(
  client: EngineClient,
  { serviceName, condition, limitMs: given }: AwaitService,
  project: string,
  signal: AbortSignal,
): Promise<string | null> {
  const done = new AbortController();
  const wakeUp = listen(client, project, serviceName, AbortSignal.any([signal, done.signal]));
  const startedAt = performance.now();
  try {
    for (;;) {
      const containers = await containersOf(client, project, serviceName, signal);
      const verdict = dependencyVerdict(condition, serviceName, containers);
      if (verdict.met === "yes") return null;
      if (verdict.met === "never") return verdict.because;
      const suggestedMs =
        condition === "service_healthy" ? Math.max(...containers.map(healthDeadlineMs)) : COMPLETION_DEADLINE_MS;
      const limitMs = given ?? suggestedMs;
      if (performance.now() - startedAt > limitMs)
        return `${serviceName} did not get there within ${Math.round(limitMs / 1000)} s`;
      await Promise.race([wakeUp(), pause(NET_MS, signal)]);
    }
  } finally {
    done.abort();
  }
}

/** Gives promises of "something happened to the service since you last asked". A cut stream is silent: the slow look goes on without it. */
function listen(client: EngineClient, project: string, serviceName: string, signal: AbortSignal): () => Promise<void> {
  let next = Promise.withResolvers<void>();
  const read = async () => {
    for await (const change of changes(client, project, signal))
      if (change.type === "listening" || change.serviceName === serviceName) next.resolve();
  };
  read().catch(() => {});
  return async () => {
    await next.promise;
    next = Promise.withResolvers<void>();
  };
}

/** The service's containers but for those that wait, retained, for the gate. */
async function containersOf(
  client: EngineClient,
  project: string,
  serviceName: string,
  signal: AbortSignal,
): Promise<readonly ContainerInspect[]> {
  const label = [
    `${COMPOSE_LABEL.project}=${project}`,
    `${COMPOSE_LABEL.service}=${serviceName}`,
    `${COMPOSE_LABEL.oneOff}=False`,
  ];
  const found = await client.call<readonly { readonly Id: string }[]>(
    {
      method: "GET",
      path: "/containers/json",
      query: { all: "1", filters: JSON.stringify({ label }) },
      what: `list the containers of ${serviceName}`,
    },
    signal,
  );
  const containers = await Promise.all(found.map(({ Id }) => inspectContainer(client, Id, signal)));
  return containers.filter((container) => container !== null).filter(({ Name }) => !isRetainedName(Name));
}
