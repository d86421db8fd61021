import { TallymanError } from "../error.ts";
import type { ObservedState } from "../observed-state.ts";
import { imageOf, type Project } from "../project.ts";
import type { Basis } from "./divergence.ts";
import type { PlanBuilder } from "./plan-builder.ts";
import type { ProjectSlots } from "./project-slots.ts";

/**
 * Fetches, by the digest under which a registry has them, the pinned images that are gone from here and that some container is yet to
 * be made from. Throws ImageUnavailable for one that no registry is known to have: what its tag names now is not what was proven.
 */
export function planPinnedImages(
  project: Project,
  observed: ObservedState,
  slots: ProjectSlots,
  { pins, repoDigests }: Basis,
  builder: PlanBuilder,
): readonly number[] {
  const planned = new Map<string, number>();
  for (const [serviceName, service] of Object.entries(project.services)) {
    const image = imageOf(project, serviceName);
    const pin = pins[image];
    const isNeeded = (slots.get(serviceName) ?? []).some(({ keeper }) => keeper === null);
    if (pin === undefined || observed.images[pin] !== null || !isNeeded || planned.has(image)) continue;
    const digest = service.pull_policy === "never" ? undefined : repoDigests?.[image];
    if (digest === undefined) throw gone(serviceName, image, pin);
    const operation = { kind: "pull-image", image: digest, platform: service.platform ?? null } as const;
    planned.set(image, builder.add(operation, `the image of ${image} that was proven is not here any more`));
  }
  return [...planned.values()];
}

function gone(serviceName: string, image: string, pin: string): TallymanError {
  const id = pin.replace(/^sha256:/, "").slice(0, 12);
  return new TallymanError(
    "ImageUnavailable",
    `services.${serviceName}: image ${id}, which ${image} was when the release was proven, is gone from this host, and no registry is known to have it.`,
    {
      hint: `Bring it back (docker load, or a pull under its digest), or deploy anew to take what ${image} names now.`,
    },
  );
}
