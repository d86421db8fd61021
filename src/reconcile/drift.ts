import { serviceHash } from "../compose/hash.ts";
import type { Deployment, Release } from "../deployment.ts";
import { isRetainedName } from "../label.ts";
import { type Operation, resourceOf } from "../plan.ts";
import type { Project } from "../project.ts";
import type { Drift, Stack } from "../stack.ts";
import { type Ailment, ailing } from "./ailing.ts";
import type { PassParts } from "./pass.ts";
import { serviceStatuses } from "./service-statuses.ts";
import { type Survey, survey } from "./survey.ts";

/** Repairs within five minutes, after which drift is only reported. */
export const REPAIRS_ALLOWED = 5;
const REPAIRS_WITHIN_MS = 300_000;

/** What a look at the Engine found though nothing was committed. */
export interface Look {
  readonly drift: readonly Drift[];
  /** Predecessors and networks that a finished deployment could not clear away: nobody's drift, but work for a pass. */
  readonly leftovers: boolean;
  /** What no repair would mend: a service that turned bad, or does not get anywhere. */
  readonly ailment: Ailment | null;
}

/** Compares what runs with the release that should run. Reads only. Throws what the Engine throws, and ForeignProject. */
export async function lookForDrift(
  stack: Stack,
  project: Project,
  release: Release | null,
  parts: PassParts,
  signal: AbortSignal,
): Promise<Look> {
  const options = {
    basis: {
      pins: release?.imageDigests ?? {},
      repoDigests: release?.repoDigests ?? {},
      previous: project,
      hashOf: serviceHash,
    },
    refreshImages: false,
    settled: true,
    prune: stack.prune,
    changedVolumes: "keep",
    rerunJobs: false,
    start: true,
    returning: false,
  } as const;
  const found = await survey(stack, project, options, parts, signal);
  const drift = driftIn(found);
  const ailment = ailing(serviceStatuses(found.observed.containers), project);
  return { drift, leftovers: drift.length === 0 && found.plan.operations.length > 0, ailment };
}

/** Field by field where that is known, else in the plan's own words. Pure. */
export function driftIn({ observed, drifted, plan }: Pick<Survey, "observed" | "drifted" | "plan">): readonly Drift[] {
  const fields = observed.containers.flatMap(({ id, serviceName, number }) =>
    (drifted.get(id) ?? []).map((difference) => ({ resource: `service:${serviceName}:${number}`, ...difference })),
  );
  const told = new Set(fields.map(({ resource }) => resource));
  const others = new Map<string, Drift>();
  for (const operation of plan.operations) {
    const resource = resourceOf(operation);
    if (told.has(resource) || others.has(resource) || isLeftover(operation)) continue;
    others.set(resource, { resource, field: operation.cause, wanted: "", found: "" });
  }
  return [...fields, ...others.values()];
}

/** What a settled release has no use for any more does nobody harm: it goes with the next pass, without an entry of its own. */
function isLeftover(operation: Operation): boolean {
  if (operation.kind === "remove-network") return true;
  return "container" in operation && isRetainedName(operation.container.name);
}

/** Something undoes each repair: mending it once more would only stop the service once more. `history` newest first. */
export function keepsDrifting(history: readonly Deployment[], now: Date): boolean {
  const recent = history.filter(({ trigger, startedAt }) => {
    // A clock that was set back would else make repairs of the future last until then.
    const agoMs = now.getTime() - Date.parse(startedAt);
    return trigger === "drift" && agoMs >= 0 && agoMs < REPAIRS_WITHIN_MS;
  });
  return recent.length >= REPAIRS_ALLOWED;
}
