import { TallymanError } from "../error.ts";
import { COMPOSE_LABEL } from "../label.ts";
import type { ObservedState } from "../observed-state.ts";
import type { Project } from "../project.ts";
import type { PlanBuilder } from "./plan-builder.ts";

/** Creates missing volumes. A volume whose definition changed stops the plan with words: data is never thrown away. */
export function planVolumes(project: Project, observed: ObservedState, builder: PlanBuilder): readonly number[] {
  const created: number[] = [];
  for (const [volumeKey, volume] of Object.entries(project.volumes)) {
    const existing = observed.volumes.find((candidate) => candidate.name === volume.name);
    if (!existing && volume.external) {
      throw new TallymanError("EngineRefused", `external volume "${volume.name}" not found`, {
        hint: `Create it with \`docker volume create ${volume.name}\`, or take \`external\` away.`,
      });
    }
    if (!existing) {
      created.push(builder.add({ kind: "create-volume", volumeKey, name: volume.name }, "volume is missing"));
    } else if (!volume.external) {
      requireSame(project, volumeKey, existing.name, existing.labels[COMPOSE_LABEL.configHash]);
    }
  }
  return created;
}

function requireSame(project: Project, volumeKey: string, name: string, hash: string | undefined): void {
  if (hash === undefined || hash === project.hashes.volumes[volumeKey]) return;
  throw new TallymanError(
    "EngineRefused",
    `Volume "${name}" exists but doesn't match configuration in compose file (volumes.${volumeKey})`,
    {
      hint: "Its data is kept. Give the volume a new name, or move the data and remove the old volume by hand.",
    },
  );
}
