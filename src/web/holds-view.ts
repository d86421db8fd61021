import type { Release } from "../deployment.ts";
import type { Hold } from "../stack.ts";
import { RELEASES_SHOWN } from "./hold-actions.ts";
import type { Web } from "./web-context.ts";

/** What holds a stack, and the release that it is pinned to, if it is. */
export async function holdsView(
  web: Web,
  stackName: string,
): Promise<{ readonly holds: readonly Hold[]; readonly pinnedTo: Release | null }> {
  const holds = await web.store.holds.holdsOf(stackName);
  const pinned = holds.find(({ kind }) => kind === "pinned")?.deploymentId;
  if (!pinned) return { holds, pinnedTo: null };
  const releases = await web.store.history.releases(stackName, RELEASES_SHOWN);
  return { holds, pinnedTo: releases.find(({ deploymentId }) => deploymentId === pinned) ?? null };
}
