import type { PerformContext, PerformResult } from "../engine.ts";
import { TallymanError } from "../error.ts";
import type { Operation } from "../plan.ts";
import { changes } from "./changes.ts";
import { containerId } from "./container-operations.ts";
import type { EngineClient } from "./engine-client.ts";
import { healthDeadlineMs } from "./health-deadline.ts";
import { inspectContainer } from "./observe.ts";
import type { ContainerInspect } from "./observed-container.ts";
import { pause } from "./within.ts";

type AwaitContainer = Extract<Operation, { readonly kind: "await-container" }>;

/** Where a container stands, or why it will not get there. */
export type Standing =
  | { readonly kind: "proven" }
  | { readonly kind: "failed"; readonly because: string }
  /** Nothing to do for so long, unless something happens to it. */
  | { readonly kind: "waits"; readonly ms: number };

/** How the wait for a container began. */
export interface Watch {
  readonly windowMs: number;
  readonly waitedMs: number;
  /** As long as it may take; undefined: as its healthcheck suggests. */
  readonly limitMs: number | undefined;
}

const NET_MS = 2_000;

/**
 * Waits until this very container has proven itself: healthy, or without a healthcheck running for `windowMs` without a restart. Woken
 * by Engine events, with a slow look as a net. Throws NotHealthy, and what the Engine throws.
 */
export async function awaitContainer(
  client: EngineClient,
  { container, windowMs, limitMs }: AwaitContainer,
  { project, created }: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  const id = containerId(container, created);
  const done = new AbortController();
  const wakeUp = listen(client, project.name, id, AbortSignal.any([signal, done.signal]));
  const beganAt = performance.now();
  try {
    for (;;) {
      const found = await inspectContainer(client, id, signal);
      const standing = standingOf(found, { windowMs, waitedMs: performance.now() - beganAt, limitMs });
      if (standing.kind === "proven") return {};
      if (standing.kind === "failed") throw notHealthy(container.name, standing.because);
      await Promise.race([wakeUp(), pause(standing.ms, signal)]);
    }
  } finally {
    done.abort();
  }
}

/** Pure: what one look at the container says. Its restarts are all of this update: a start by us begins their count anew. */
export function standingOf(found: ContainerInspect | null, watch: Watch): Standing {
  const { windowMs, waitedMs } = watch;
  if (!found) return failed("was removed");
  const { State, RestartCount } = found;
  if (State.Status === "exited" || State.Status === "dead") return failed(`exited with code ${State.ExitCode}`);
  const health = State.Health?.Status ?? "none";
  if (health === "healthy") return { kind: "proven" };
  if (health === "unhealthy") return failed("is unhealthy");
  if (State.Status === "created" && State.Error) return failed(`did not start: ${State.Error}`);
  const checked = health !== "none";
  if ((RestartCount ?? 0) > (checked ? 1 : 0) || (!checked && State.Status === "restarting"))
    return failed(`restarted, last exit code ${State.ExitCode}`);
  if (!checked && State.Status === "running" && waitedMs >= windowMs) return { kind: "proven" };
  const suggestedMs = watch.limitMs ?? healthDeadlineMs(found);
  const limitMs = checked ? suggestedMs : Math.max(windowMs, NET_MS) + suggestedMs;
  if (waitedMs > limitMs) return failed(`did not prove itself within ${Math.round(limitMs / 1000)} s`);
  return { kind: "waits", ms: checked ? NET_MS : Math.min(NET_MS, Math.max(10, windowMs - waitedMs)) };
}

function failed(because: string): Standing {
  return { kind: "failed", because };
}

function notHealthy(name: string, because: string): TallymanError {
  return new TallymanError("NotHealthy", `container ${name} ${because}`, {
    hint: `Look at its log: \`docker logs ${name}\`.`,
  });
}

/** Gives promises of "something happened to the container since you last asked". A cut stream is silent: the slow look goes on. */
function listen(client: EngineClient, project: string, id: string, signal: AbortSignal): () => Promise<void> {
  let next = Promise.withResolvers<void>();
  const read = async (): Promise<void> => {
    for await (const change of changes(client, project, signal))
      if (change.type === "listening" || change.containerId === id) next.resolve();
  };
  read().catch(() => {});
  return async () => {
    await next.promise;
    next = Promise.withResolvers<void>();
  };
}
