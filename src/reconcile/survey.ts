import type { Difference } from "../engine.ts";
import { TallymanError } from "../error.ts";
import type { KeptContainer } from "../kept-container.ts";
import { isRetainedName, TALLYMAN_LABEL } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import { observeQuery, type PlanOptions, plan } from "../plan/planner.ts";
import type { Plan } from "../plan.ts";
import type { Project } from "../project.ts";
import type { Stack } from "../stack.ts";
import type { PassParts } from "./pass.ts";

/** What a pass asks for; what is known of single containers is looked up here. */
export type SurveyOptions = Omit<PlanOptions, "basis"> & {
  readonly basis: Omit<PlanOptions["basis"], "kept" | "drifted">;
};

/** The Engine as it is now beside what the project asks for. */
export interface Survey {
  readonly observed: ObservedState;
  readonly plan: Plan;
  /** Container id → what is not as it would be created now, the Engine's own doing left out. */
  readonly drifted: ReadonlyMap<string, readonly Difference[]>;
  /** Containers that somebody else made and that are, under another hash, exactly what is asked for. */
  readonly adopted: readonly KeptContainer[];
}

/**
 * Observes, compares and plans: what question three is answered from. Reads only.
 * Throws ForeignProject when another Tallyman keeps the project.
 */
export async function survey(
  stack: Stack,
  project: Project,
  options: SurveyOptions,
  parts: PassParts,
  signal: AbortSignal,
): Promise<Survey> {
  const { engine, kept: book } = parts;
  const observed = await engine.observe(observeQuery(project, options.basis.pins), signal);
  const kept = await book.keptOf(stack.name);
  refuseForeign(observed, kept, parts.instance);
  const differences = await engine.differences({ project, observed, labels: parts.labelsOf(stack) }, signal);
  const adopted = adoptable(project, observed, differences, kept);
  const drifted = driftOf(project, observed, differences, kept);
  const basis = {
    ...options.basis,
    // Whoever saves a file in the apps dir most often gives it another inode, which a container that mounts it never sees.
    reloads: stack.origin !== "folder",
    rejoins: true,
    kept: new Map([...adopted, ...kept].map((one) => [one.containerId, one])),
    drifted: stack.drift === "repair" ? fieldsOf(drifted) : new Map<string, readonly string[]>(),
  };
  return { observed, adopted, drifted, plan: plan(project, observed, { ...options, basis }) };
}

/** Two Tallymans on one Engine: neither touches what the other's label claims. */
function refuseForeign(observed: ObservedState, kept: readonly KeptContainer[], instance: string): void {
  const known = new Set(kept.map(({ containerId }) => containerId));
  const foreign = observed.containers.find(({ id, labels }) => {
    const owner = labels[TALLYMAN_LABEL.instance];
    return owner !== undefined && owner !== instance && !known.has(id);
  });
  if (!foreign) return;
  const owner = foreign.labels[TALLYMAN_LABEL.instance]?.slice(0, 12);
  throw new TallymanError("ForeignProject", `project ${observed.project} belongs to another Tallyman (${owner})`, {
    hint: "Choose another project name for this stack, or remove the stack there first.",
  });
}

/** Made by `docker compose` or by hand, and equal in every field: no reason to make it anew. */
function adoptable(
  project: Project,
  observed: ObservedState,
  differences: ReadonlyMap<string, readonly Difference[]>,
  kept: readonly KeptContainer[],
): readonly KeptContainer[] {
  const known = new Set(kept.map(({ containerId }) => containerId));
  return observed.containers.flatMap((container) => {
    const hash = project.hashes.services[container.serviceName];
    const isOurs = container.labels[TALLYMAN_LABEL.stack] !== undefined || known.has(container.id);
    if (isOurs || hash === undefined || differences.get(container.id)?.length !== 0) return [];
    const contents = project.contents?.[container.serviceName] ?? {};
    return [{ containerId: container.id, configHash: hash.a, contents, tolerated: [] }];
  });
}

/** A container under another hash is made anew anyway, and a retained one waits for its turn: neither has drifted. */
function driftOf(
  project: Project,
  observed: ObservedState,
  differences: ReadonlyMap<string, readonly Difference[]>,
  kept: readonly KeptContainer[],
): ReadonlyMap<string, readonly Difference[]> {
  const knownOf = new Map(kept.map((one) => [one.containerId, one]));
  const entries = observed.containers.flatMap((container) => {
    if (!isAsHashed(project, container, knownOf.get(container.id))) return [];
    const tolerated = knownOf.get(container.id)?.tolerated ?? [];
    const found = (differences.get(container.id) ?? []).filter(({ field }) => !tolerated.includes(field));
    return found.length === 0 ? [] : [[container.id, found] as const];
  });
  return new Map(entries);
}

function isAsHashed(project: Project, container: ObservedContainer, known: KeptContainer | undefined): boolean {
  const hash = project.hashes.services[container.serviceName];
  const borne = known?.configHash ?? container.configHash;
  return hash !== undefined && !isRetainedName(container.name) && (borne === hash.a || borne === hash.b);
}

function fieldsOf(drifted: ReadonlyMap<string, readonly Difference[]>): ReadonlyMap<string, readonly string[]> {
  return new Map([...drifted].map(([id, found]) => [id, found.map(({ field }) => field)]));
}
