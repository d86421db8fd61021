import { TallymanError } from "../error.ts";
import { COMPOSE_LABEL } from "../label.ts";
import type { ObservedState } from "../observed-state.ts";
import type { Project } from "../project.ts";
import type { PlanBuilder } from "./plan-builder.ts";

/**
 * What becomes of a volume whose definition changed; its data is never thrown away. `keep`: the old volume goes on being used, as
 * Docker Compose does when its question is answered with no. `refuse`: the plan stops with words.
 */
export type ChangedVolumes = "keep" | "refuse";

/** Creates missing volumes. Throws EngineRefused for an absent external one, and for a changed one when those are refused. */
export function planVolumes(
  project: Project,
  observed: ObservedState,
  changedVolumes: ChangedVolumes,
  builder: PlanBuilder,
): readonly number[] {
  const [changed] = changedVolumes === "refuse" ? changedVolumeNames(project, observed) : [];
  if (changed) throw refusal(changed);
  return Object.entries(project.volumes).flatMap(([volumeKey, volume]) => {
    if (observed.volumes.some((candidate) => candidate.name === volume.name)) return [];
    if (!volume.external)
      return [builder.add({ kind: "create-volume", volumeKey, name: volume.name }, "volume is missing")];
    throw new TallymanError("EngineRefused", `external volume "${volume.name}" not found`, {
      hint: `Create it with \`docker volume create ${volume.name}\`, or take \`external\` away.`,
    });
  });
}

interface ChangedVolume {
  readonly volumeKey: string;
  readonly name: string;
}

/** Volumes that bear another definition's hash; one without a hash counts as it is. */
export function changedVolumeNames(project: Project, observed: ObservedState): readonly ChangedVolume[] {
  return Object.entries(project.volumes).flatMap(([volumeKey, { name, external }]) => {
    const existing = observed.volumes.find((candidate) => candidate.name === name);
    const hash = existing?.labels[COMPOSE_LABEL.configHash];
    const same = external || hash === undefined || hash === project.hashes.volumes[volumeKey];
    return same ? [] : [{ volumeKey, name }];
  });
}

function refusal({ volumeKey, name }: ChangedVolume): TallymanError {
  return new TallymanError(
    "EngineRefused",
    `Volume "${name}" exists but doesn't match configuration in compose file (volumes.${volumeKey})`,
    {
      hint: "Its data is kept. Give the volume a new name, or move the data and remove the old volume by hand.",
    },
  );
}
