import type { ObservedState, ObserveQuery } from "../observed-state.ts";
import type { Plan } from "../plan.ts";
import { imageOf, type Project } from "../project.ts";
import type { Basis } from "./divergence.ts";
import { PlanBuilder } from "./plan-builder.ts";
import { planImages } from "./plan-images.ts";
import { planLeftovers } from "./plan-leftovers.ts";
import { planNetworks } from "./plan-networks.ts";
import { planServices } from "./plan-services.ts";
import { planVolumes } from "./plan-volumes.ts";

export interface PlanOptions {
  readonly basis: Basis;
  /** May the pass look for newer images under the same reference? */
  readonly refreshImages: boolean;
  /** The release has passed its gate: predecessors that were kept for the way back may go. */
  readonly settled: boolean;
  /** Remove orphans and unused networks, once settled. */
  readonly prune: boolean;
  readonly rerunJobs: boolean;
  readonly start: boolean;
}

/**
 * Question three: what must change so that the Engine runs this project? Pure; empty when nothing must.
 * Throws EngineRefused or ComposeUnsupported for what cannot be reached without harm.
 */
export function plan(project: Project, observed: ObservedState, options: PlanOptions): Plan {
  const builder = new PlanBuilder(project.name);
  const before = [
    ...planImages(project, observed, options.basis.pins, options.refreshImages, builder),
    ...planNetworks(project, observed, builder),
    ...planVolumes(project, observed, builder),
  ];
  planServices(project, observed, before, options, builder);
  if (options.settled) planLeftovers(project, observed, options.basis, options.prune, builder);
  return builder.build();
}

/** What must be read from the Engine before this project can be planned. */
export function observeQuery(project: Project): ObserveQuery {
  return {
    project: project.name,
    images: [...new Set(Object.keys(project.services).map((serviceName) => imageOf(project, serviceName)))].sort(),
    networks: Object.values(project.networks).map((network) => network.name),
    volumes: Object.values(project.volumes).map((volume) => volume.name),
  };
}
