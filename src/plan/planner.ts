import type { ObservedState, ObserveQuery } from "../observed-state.ts";
import type { Plan } from "../plan.ts";
import { imageOf, type Project } from "../project.ts";
import type { ImagePins } from "./divergence.ts";
import { PlanBuilder } from "./plan-builder.ts";
import { type Builds, planImages } from "./plan-images.ts";
import { planLeftovers } from "./plan-leftovers.ts";
import { planNetworks } from "./plan-networks.ts";
import { planOrphans } from "./plan-orphans.ts";
import { planPinnedImages } from "./plan-pinned-images.ts";
import { planServices, type ServicePlanOptions } from "./plan-services.ts";
import { type ChangedVolumes, planVolumes } from "./plan-volumes.ts";
import { projectSlots } from "./project-slots.ts";
import { checkReloads } from "./reload.ts";
import type { Stops } from "./stops.ts";

export interface PlanOptions extends ServicePlanOptions {
  /** May the pass look for newer images under the same reference? */
  readonly refreshImages: boolean;
  /** Milliseconds since the epoch, for `pull_policy: daily` and its like; absent: their time has always come. */
  readonly now?: number;
  /** Absent: what can be built is built while it is missing. */
  readonly builds?: Builds;
  /** The release has passed its gate: predecessors that were kept for the way back may go. */
  readonly settled: boolean;
  /** Nothing but to clear away: what else has changed meanwhile is another pass's to mend, and to prove. */
  readonly leftoversOnly?: boolean;
  /** Remove orphans and unused networks, once settled. */
  readonly prune: boolean;
  readonly changedVolumes: ChangedVolumes;
}

/**
 * Question three: what must change so that the Engine runs this project? Pure; empty when nothing must.
 * Throws EngineRefused, ComposeUnsupported or ImageUnavailable for what cannot be reached without harm, and ComposeInvalid.
 */
export function plan(project: Project, observed: ObservedState, options: PlanOptions): Plan {
  const { basis, refreshImages: refresh, now, builds = { contexts: {}, force: false, pullFirst: false } } = options;
  checkReloads(project);
  const builder = new PlanBuilder(project.name);
  const stops: Stops = new Map();
  const slots = projectSlots(project, observed, basis);
  if (options.leftoversOnly) {
    planLeftovers(project, observed, slots, options.prune, builder);
    return builder.build();
  }
  const imageOptions = { pins: basis.pins, refresh, builds, ...(now === undefined ? {} : { now }) };
  const images = [
    ...planImages(project, observed, imageOptions, builder),
    ...planPinnedImages(project, observed, slots, basis, builder),
  ];
  const volumes = planVolumes(project, observed, options.changedVolumes, builder);
  const orphans = options.removeOrphans ? planOrphans(project, observed, builder) : [];
  const before = [...images, ...volumes, ...orphans];
  const networks = planNetworks(project, observed, before, stops, builder);
  planServices(project, observed, slots, [...before, ...networks], stops, options, builder);
  if (options.settled) planLeftovers(project, observed, slots, options.prune, builder);
  return builder.build();
}

function networkHashes(project: Project): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(project.networks).flatMap(([networkKey, { name, external }]) => {
      const hash = project.hashes.networks[networkKey];
      return external || hash === undefined ? [] : [[name, hash]];
    }),
  );
}

/** What must be read from the Engine before this project can be planned, pinned images included. */
export function observeQuery(project: Project, pins: ImagePins = {}): ObserveQuery {
  const images = Object.keys(project.services).map((serviceName) => imageOf(project, serviceName));
  const pinned = images.flatMap((image) => pins[image] ?? []);
  return {
    project: project.name,
    images: [...new Set([...images, ...pinned])].sort(),
    networks: Object.values(project.networks).map((network) => network.name),
    networkHashes: networkHashes(project),
    volumes: Object.values(project.volumes).map((volume) => volume.name),
  };
}
