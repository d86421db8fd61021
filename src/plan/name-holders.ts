import { TallymanError } from "../error.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { Project } from "../project.ts";
import { orphansOf } from "./plan-orphans.ts";
import type { ProjectSlots } from "./project-slots.ts";
import { isMisnamed, type Slot } from "./service-slots.ts";

/** Who bears a name that another place wants, and leaves in this pass. */
export interface NameHolder {
  readonly container: ObservedContainer;
  /** The place that it leaves; null for an orphan. */
  readonly slot: Slot | null;
}

export interface OrphanOptions {
  /** Orphans are removed once the release has settled: until then they give up their name. */
  readonly prune?: boolean;
  /** Orphans are removed before anything else. */
  readonly removeOrphans?: boolean;
}

/**
 * By final name. A `container_name` that moved to another service, or stayed while the service got a new name, is borne by a container
 * that is on its way out. Throws EngineRefused for an orphan that stays, before anything is touched.
 */
export function nameHolders(
  project: Project,
  observed: ObservedState,
  slots: ProjectSlots,
  { prune = false, removeOrphans = false }: OrphanOptions,
): ReadonlyMap<string, NameHolder> {
  const places = [...slots.values()].flat();
  const orphans = removeOrphans ? [] : orphansOf(project, observed);
  const holders = new Map<string, NameHolder>();
  for (const place of places.filter(wantsName)) {
    const left = places.find((other) => other !== place && other.incumbent?.name === place.finalName);
    if (left?.incumbent) holders.set(place.finalName, { container: left.incumbent, slot: left });
    const orphan = orphans.find(({ name }) => name === place.finalName);
    if (orphan && !prune) throw nameTaken(place, orphan);
    if (orphan) holders.set(place.finalName, { container: orphan, slot: null });
  }
  return holders;
}

/** A container that somebody gave a name of its own keeps that one. */
function wantsName({ keeper, incumbent, finalName }: Slot): boolean {
  if (incumbent?.name === finalName) return false;
  return keeper === null || isMisnamed(keeper, finalName);
}

function nameTaken({ serviceName, finalName }: Slot, orphan: ObservedContainer): TallymanError {
  return new TallymanError(
    "EngineRefused",
    `services.${serviceName}: the name ${finalName} is borne by a container of service ${orphan.serviceName}, which is not in the Compose file`,
    {
      hint: `Let orphans be removed (--remove-orphans, or the stack's setting), or remove it: \`docker rm -f ${finalName}\`.`,
    },
  );
}
