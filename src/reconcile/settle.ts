import { asTallymanError } from "../error.ts";
import { TALLYMAN_LABEL } from "../label.ts";
import type { ObservedContainer } from "../observed-state.ts";
import type { Project } from "../project.ts";
import type { Checkout } from "../source.ts";
import type { Stack } from "../stack.ts";
import { applyPlan } from "./apply-plan.ts";
import type { PassParts } from "./pass.ts";
import { servingContainers } from "./release-facts.ts";
import { retire } from "./retention.ts";
import { type Survey, type SurveyOptions, survey } from "./survey.ts";

export interface Settling {
  readonly stack: Stack;
  readonly checkout: Checkout;
  readonly project: Project;
  readonly options: SurveyOptions;
  /** Containers made since then are as we made them, whatever a comparison says; null: none was made. */
  readonly madeSince: string | null;
}

/**
 * After the gate nothing needs the predecessors any more, and what is known of the new containers is kept. A failure here is no failure
 * of the release: the next pass settles again.
 */
export async function settle(settling: Settling, parts: PassParts, signal: AbortSignal): Promise<void> {
  const { stack, checkout, project, options } = settling;
  try {
    await parts.source.keep(stack, checkout);
    // Drift is not mended here, behind the gate's back: the next pass finds it.
    const quiet: Stack = { ...stack, drift: stack.drift === "repair" ? "report" : stack.drift };
    const clearing = { ...options, refreshImages: false, settled: true, leftoversOnly: true };
    const found = await survey(quiet, project, clearing, parts, signal);
    await rememberContainers(settling, found, parts);
    const nothing = (): void => undefined;
    const { engine, clock } = parts;
    const labels = parts.labelsOf(stack);
    const placeOf = parts.placeOf(checkout);
    const { observed, plan } = found;
    await applyPlan(
      plan,
      { engine, clock, project, observed, labels, placeOf, onStep: nothing, onProgress: nothing },
      signal,
    );
    await retire(stack, parts, signal);
  } catch (thrown) {
    const error = asTallymanError(thrown);
    parts.log("warn", "could not clear away what the deployment replaced", { stack: stack.name, error });
  }
}

async function rememberContainers(
  { stack, project, madeSince }: Settling,
  { observed, adopted, drifted }: Survey,
  parts: PassParts,
): Promise<void> {
  const { kept } = parts;
  const serving = servingContainers(project, observed);
  const known = new Map((await kept.keptOf(stack.name)).map((one) => [one.containerId, one]));
  for (const one of adopted) await kept.keep(stack.name, one);
  for (const container of serving) {
    const former = known.get(container.id);
    const contents = project.contents?.[container.serviceName];
    const tolerated = isMadeSince(container, madeSince)
      ? (drifted.get(container.id) ?? []).map(({ field }) => field)
      : [];
    const mustTell = contents !== undefined && former === undefined && !(TALLYMAN_LABEL.contents in container.labels);
    if (tolerated.length === 0 && !mustTell) continue;
    if (tolerated.length > 0)
      parts.log("warn", "the Engine made a container otherwise than it was asked to", {
        container: container.name,
        fields: tolerated,
      });
    const base = former ?? { containerId: container.id, configHash: null, contents: mustTell ? contents : null };
    await kept.keep(stack.name, { ...base, tolerated: [...(former?.tolerated ?? []), ...tolerated] });
  }
  await kept.keepOnly(
    stack.name,
    observed.containers.map(({ id }) => id),
  );
}

function isMadeSince({ createdAt }: ObservedContainer, madeSince: string | null): boolean {
  return madeSince !== null && Date.parse(createdAt) >= Date.parse(madeSince);
}
