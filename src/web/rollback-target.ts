import { isDeepStrictEqual } from "node:util";
import type { Release } from "../deployment.ts";
import { TallymanError } from "../error.ts";
import { shortCommit } from "../revision.ts";

const LISTED = 5;

/**
 * The release that `to` means: the id of its deployment, or the beginning of its commit (at least 4 hex characters); the newest of those
 * that ran that commit. Without `to` the newest one before `current` that is not the same again. `releases` are newest first.
 * Throws InvalidInput that lists what there is.
 */
export function rollbackTarget(releases: readonly Release[], to: string | undefined, current: string | null): Release {
  return to === undefined || to === "" ? formerRelease(releases, current) : namedRelease(releases, to.toLowerCase());
}

function formerRelease(releases: readonly Release[], current: string | null): Release {
  const place = Math.max(
    0,
    releases.findIndex(({ deploymentId }) => deploymentId === current),
  );
  const running = releases[place];
  const former = releases.slice(place + 1).find((release) => running && !isSame(release, running));
  if (former) return former;
  throw new TallymanError("InvalidInput", "to: there is no release before the current one", {
    hint: "A stack can go back once a second release of it was healthy.",
  });
}

/** Releases that differ in what runs, each as it was made last. Newest first. */
export function distinctReleases(releases: readonly Release[]): readonly Release[] {
  return releases.filter((release, index) => releases.findIndex((other) => isSame(other, release)) === index);
}

/** A repair or a retry makes a release anew without changing what runs. */
export function isSame(one: Release, other: Release): boolean {
  return (
    one.commit === other.commit &&
    one.settingsDigest === other.settingsDigest &&
    isDeepStrictEqual(one.imageDigests, other.imageDigests)
  );
}

function namedRelease(releases: readonly Release[], to: string): Release {
  const byId = releases.filter(({ deploymentId }) => deploymentId === to);
  const byCommit = /^[0-9a-f]{4,64}$/.test(to) ? releases.filter(({ commit }) => commit.startsWith(to)) : [];
  const found = [...byId, ...byCommit];
  const commits = [...new Set(found.map(({ commit }) => commit))];
  const [first] = found;
  if (first && commits.length === 1) return first;
  const said = JSON.stringify(to.slice(0, 64));
  if (commits.length > 1)
    throw new TallymanError("InvalidInput", `to: ${said} may mean ${listed(found)}`, {
      hint: "Give more characters of the commit, or the number of the deployment.",
    });
  throw new TallymanError("InvalidInput", `to: ${said} is no healthy release of this stack`, {
    hint: releases.length === 0 ? "It has none yet." : `There are ${listed(releases)}.`,
  });
}

/** `41d07e3 (deployment 12), 9c1f2ab (deployment 9)`; each commit once, with its newest deployment. */
function listed(releases: readonly Release[]): string {
  const newest = releases.filter(
    ({ commit }, index) => releases.findIndex((other) => other.commit === commit) === index,
  );
  const shown = newest
    .slice(0, LISTED)
    .map(({ commit, deploymentId }) => `${shortCommit(commit)} (deployment ${deploymentId})`);
  const more = newest.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}
