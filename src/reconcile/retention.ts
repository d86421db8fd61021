import type { Release } from "../deployment.ts";
import { asTallymanError } from "../error.ts";
import { emptyProject } from "../project.ts";
import type { Stack } from "../stack.ts";
import type { PassParts } from "./pass.ts";

/** Attempts of a stack that the history keeps. */
export const ATTEMPTS_KEPT = 500;
/** Releases beyond the kept ones whose images are looked at; older ones had their turn. */
const LOOKED_BACK = 5;

/**
 * Lets go of what no way back needs any more: checkouts, images and history beyond the kept releases. An image goes only when no kept
 * release of any stack ran it, and the Engine itself keeps what a container uses.
 */
export async function retire(stack: Stack, parts: PassParts, signal: AbortSignal): Promise<void> {
  const { history, source, releasesKept, holds } = parts;
  const releases = await history.releases(stack.name, releasesKept + LOOKED_BACK);
  const pinned = (await holds.holdsOf(stack.name)).flatMap(({ deploymentId }) => deploymentId ?? []);
  const kept = releases.filter((release, index) => index < releasesKept || pinned.includes(release.deploymentId));
  await source.keepOnly(stack, [...new Set(kept.map(({ commit }) => commit))]);
  const needed = new Set([...(await parts.neededImages()), ...kept.flatMap(imagesOf)]);
  const dropped = new Set(releases.filter((release) => !kept.includes(release)).flatMap(imagesOf));
  for (const image of dropped) if (!needed.has(image)) await removeImage(image, stack, parts, signal);
  await history.forgetOld(stack.name, ATTEMPTS_KEPT);
}

function imagesOf({ imageDigests }: Release): readonly string[] {
  return Object.values(imageDigests);
}

async function removeImage(image: string, stack: Stack, parts: PassParts, signal: AbortSignal): Promise<void> {
  const observed = { project: stack.project, containers: [], networks: [], volumes: [], images: {} };
  const nothing = { created: new Map<number, string>(), labels: {}, progress: () => undefined };
  try {
    const context = { project: emptyProject(stack.project), observed, ...nothing };
    await parts.engine.perform({ kind: "remove-image", image }, context, signal);
  } catch (thrown) {
    parts.log("warn", "could not remove an old image", { stack: stack.name, image, error: asTallymanError(thrown) });
  }
}
