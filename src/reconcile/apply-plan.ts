import type { RecordedOperation } from "../deployment.ts";
import type { Engine, PerformContext } from "../engine.ts";
import { asTallymanError } from "../error.ts";
import type { ObservedState } from "../observed-state.ts";
import { type Plan, type PlannedOperation, resourceOf } from "../plan.ts";
import type { Project } from "../project.ts";
import type { Clock } from "./clock.ts";
import { withConfigHash } from "./config-hash.ts";

/** One operation's step forward, as the history and the pages show it. */
export interface Step {
  readonly index: number;
  readonly operation: PlannedOperation;
  readonly status: "running" | "done" | "failed";
  readonly durationMs: number;
}

export interface ApplyParts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly project: Project;
  readonly observed: ObservedState;
  readonly labels: Readonly<Record<string, string>>;
  /** As `PerformContext.placeOf`. */
  readonly placeOf?: (path: string) => string;
  readonly onStep: (step: Step) => void;
  readonly onProgress: (operation: PlannedOperation, text: string) => void;
  /** What the Engine said though all went well: an address that is ignored, a hook that failed, a network still in use. */
  readonly onWarning?: (text: string) => void;
  /** The operation whose failure ended it all; what merely failed within a tolerance is a warning. */
  readonly onFailure?: (operation: PlannedOperation) => void;
  /** Filled with the id of every container that was created, by operation index: for whoever asks after a failure, too. */
  readonly created?: Map<number, string>;
}

/**
 * Performs a plan: each operation once everything in its `after` has ended well, independent ones side by side. Decides nothing.
 * After the first failure (or abort) it starts nothing more, waits for everything under way, then throws that failure.
 */
export async function applyPlan(plan: Plan, parts: ApplyParts, signal: AbortSignal): Promise<void> {
  const { created = new Map<number, string>() } = parts;
  const tolerance = new Tolerance();
  const ends = new Map<number, Promise<boolean>>();
  let failure: { readonly thrown: unknown } | null = null;
  const run = async (operation: PlannedOperation, index: number): Promise<boolean> => {
    const ready = await Promise.all(operation.after.map((earlier) => ends.get(earlier) ?? Promise.resolve(false)));
    if (failure || signal.aborted || ready.includes(false)) return false;
    try {
      await perform(operation, index, created, parts, signal);
      return true;
    } catch (thrown) {
      if (tolerance.covers(operation, thrown, parts)) return true;
      if (!failure) parts.onFailure?.(operation);
      failure ??= { thrown };
      return false;
    }
  };
  plan.operations.forEach((operation, index) => {
    ends.set(index, run(operation, index));
  });
  await Promise.all(ends.values());
  if (failure) throw (failure as { readonly thrown: unknown }).thrown;
  signal.throwIfAborted();
}

/** Which containers of each rolling update have failed so far: within the plan's own bounds that ends nothing. */
class Tolerance {
  readonly #failed = new Map<string, Set<number>>();

  covers(operation: PlannedOperation, thrown: unknown, { onWarning }: ApplyParts): boolean {
    if (operation.kind !== "await-container" && operation.kind !== "start-container") return false;
    const { reason, message } = asTallymanError(thrown);
    if (reason !== "NotHealthy" && reason !== "EngineRefused") return false;
    const { serviceName, number, mayFail = 0 } = operation;
    const failed = this.#failed.get(serviceName) ?? new Set();
    this.#failed.set(serviceName, failed.add(number));
    if (failed.size > mayFail) return false;
    onWarning?.(`${serviceName} ${number} failed, and the update goes on, as the file says: ${message}`);
    return true;
  }
}

async function perform(
  operation: PlannedOperation,
  index: number,
  created: Map<number, string>,
  parts: ApplyParts,
  signal: AbortSignal,
): Promise<void> {
  const began = parts.clock.monotonic();
  const step = (status: Step["status"]): void =>
    parts.onStep({ index, operation, status, durationMs: Math.round(parts.clock.monotonic() - began) });
  const context: PerformContext = {
    project: parts.project,
    observed: parts.observed,
    created,
    labels: parts.labels,
    ...(parts.placeOf ? { placeOf: parts.placeOf } : {}),
    progress: (text) => parts.onProgress(operation, text),
  };
  step("running");
  try {
    const result = await parts.engine.perform(withConfigHash(operation, context), context, signal);
    if (result.containerId) created.set(index, result.containerId);
    for (const warning of result.warnings ?? []) parts.onWarning?.(warning);
    step("done");
  } catch (thrown) {
    step("failed");
    throw thrown;
  }
}

/** The plan as the history records it before anything happened. */
export function plannedOperations(plan: Plan): readonly RecordedOperation[] {
  return plan.operations.map((operation) => ({
    kind: operation.kind,
    resource: resourceOf(operation),
    cause: operation.cause,
    status: "planned",
    startedMs: null,
    durationMs: null,
  }));
}
