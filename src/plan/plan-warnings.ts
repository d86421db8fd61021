import { COMPOSE_LABEL } from "../label.ts";
import type { ObservedState } from "../observed-state.ts";
import type { Project } from "../project.ts";
import { ignoredSettings } from "./ignored-settings.ts";
import { composeOrphansOf } from "./plan-orphans.ts";
import { changedVolumeNames } from "./plan-volumes.ts";
import { startFirstWarnings } from "./rolling-update.ts";

/**
 * What a person should know before the project is brought up, one sentence each, as Docker Compose warns; with `rolling` also of
 * rolling updates, which Docker Compose ignores.
 */
export function planWarnings(
  project: Project,
  observed: ObservedState,
  { warnsOfOrphans, rolling = false }: { readonly warnsOfOrphans: boolean; readonly rolling?: boolean },
): readonly string[] {
  const orphans = warnsOfOrphans ? composeOrphansOf(project, observed).map(({ name }) => name) : [];
  return [
    ...changedVolumeNames(project, observed).map(
      ({ volumeKey, name }) =>
        `Volume "${name}" exists but doesn't match configuration in compose file (volumes.${volumeKey}); it is used as it is, with its data`,
    ),
    ...(rolling ? startFirstWarnings(project) : []),
    ...servicesToCreate(project, observed).flatMap((serviceName) => ignoredSettings(project, serviceName)),
    ...foreign("volume", Object.values(project.volumes), observed.volumes, project.name),
    ...foreign("network", Object.values(project.networks), observed.networks, project.name),
    ...(orphans.length > 0
      ? [
          `Found orphan containers (${orphans.join(", ")}) for this project; --remove-orphans removes what belongs to services that are gone from the file, and one-offs that have ended`,
        ]
      : []),
  ];
}

/** Those with a container of this definition have been warned about. */
function servicesToCreate({ services, hashes }: Project, { containers }: ObservedState): readonly string[] {
  return Object.keys(services).filter((serviceName) => {
    const { a, b } = hashes.services[serviceName] ?? {};
    const own = containers.filter((one) => one.serviceName === serviceName && !one.oneOff);
    return !own.some(({ configHash }) => configHash !== null && (configHash === a || configHash === b));
  });
}

interface Named {
  readonly name: string;
  readonly external?: boolean;
}

function foreign(
  what: string,
  wanted: readonly Named[],
  found: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[],
  projectName: string,
): readonly string[] {
  return wanted.flatMap(({ name, external }) => {
    const existing = external ? undefined : found.find((candidate) => candidate.name === name);
    const owner = existing?.labels[COMPOSE_LABEL.project];
    if (!existing || owner === projectName) return [];
    const maker = owner === undefined ? "was not created by Compose" : `was created for project "${owner}"`;
    return [`${what} "${name}" already exists but ${maker}; \`external: true\` says that this is meant`];
  });
}
