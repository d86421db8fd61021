import type { ObservedState } from "../observed-state.ts";
import { expectedReplicas, imageOf, type Project } from "../project.ts";
import { type ImagePins, pinnedImage } from "./divergence.ts";
import type { PlanBuilder } from "./plan-builder.ts";

/**
 * Images that must be here before anything stops. `refresh` is true when the pass may look for newer ones (a new commit, an
 * operator's deploy), never on a routine poll. Source: Compose Specification, `pull_policy`.
 */
export function planImages(
  project: Project,
  observed: ObservedState,
  pins: ImagePins,
  refresh: boolean,
  builder: PlanBuilder,
): readonly number[] {
  const planned = new Map<string, number>();
  for (const [serviceName, service] of Object.entries(project.services)) {
    const image = imageOf(project, serviceName);
    if (expectedReplicas(service) === 0 || planned.has(image)) continue;
    const cause = pullCause(
      service.pull_policy ?? "missing",
      observed.images[pinnedImage(observed, image, pins) ?? image] != null || observed.images[image] != null,
      pinnedImage(observed, image, pins) !== null,
      refresh,
    );
    if (cause === null) continue;
    const operation = service.build
      ? ({ kind: "build-image", image, serviceName } as const)
      : ({ kind: "pull-image", image, platform: service.platform ?? null } as const);
    planned.set(image, builder.add(operation, cause));
  }
  return [...planned.values()];
}

function pullCause(policy: string, present: boolean, pinned: boolean, refresh: boolean): string | null {
  if (policy === "never") return null;
  if (!present) return "image is not here";
  const looksForNewer = policy === "always" || policy === "daily" || policy === "weekly" || policy.startsWith("every_");
  return looksForNewer && refresh && !pinned ? `pull_policy is ${policy}` : null;
}
