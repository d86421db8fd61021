import type { Deployment } from "../deployment.ts";
import { keepsDrifting, lookForDrift } from "./drift.ts";
import type { PassParts } from "./pass.ts";
import { type Pass, reconcile } from "./reconcile.ts";
import { settingsDigest } from "./stack-settings.ts";

/** How many attempts are looked through for the one that waits. */
const LOOKED_BACK = 20;

/**
 * A commit that can't be had yet (its registry is away or denies, its files can't be fetched) is no reason to leave alone what ran before
 * it: as long as nothing of it was touched, the last release is looked after, and put right. Throws what a pass throws.
 */
export async function keepRelease(
  pass: Pick<Pass, "stack" | "wanted" | "variables" | "superseded" | "onApplied">,
  parts: PassParts,
  signal: AbortSignal,
): Promise<void> {
  const { stack, wanted, variables } = pass;
  const { history, holds, clock, publish } = parts;
  if (stack.drift !== "repair" || (await holds.holdsOf(stack.name)).length > 0) return;
  const release = await history.lastRelease(stack.name);
  const settings = settingsDigest(stack, variables);
  if (!release || release.commit === wanted.commit || release.settingsDigest !== settings) return;
  const attempts = await history.list(stack.name, LOOKED_BACK);
  const newest = attempts.find(({ commit, settingsDigest: digest }) => commit === wanted.commit && digest === settings);
  if (keepsDrifting(attempts, clock.now()) || (newest && hasTouched(newest))) return;
  const project = await history.releasedProject(release.deploymentId);
  if (!project) return;
  const { drift } = await lookForDrift(stack, project, release, parts, signal);
  if (drift.length === 0) return;
  publish(stack.name, { type: "drift-found", differences: drift.length });
  const former = { ...wanted, commit: release.commit };
  await reconcile({ ...pass, trigger: "drift", wanted: former, previous: project, inSync: false }, parts, signal);
}

/** Half of it may be there: only the commit itself can go on from that. */
function hasTouched({ operations }: Deployment): boolean {
  return operations.some(({ kind, status }) => status !== "planned" && kind !== "pull-image" && kind !== "build-image");
}
