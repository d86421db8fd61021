import { lstat, mkdir, readdir, readFile, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KeptCheckouts } from "../kept-checkouts.ts";
import type { CommitInfo } from "../revision.ts";
import type { Unusable } from "../source.ts";
import { isFullCommit } from "./ref-name.ts";
import { placesOf } from "./stack-places.ts";
import { sameEntry, type TreeEntries, type TreeEntry } from "./tree-manifest.ts";
import { digestsOf, readTree, type TreeReading } from "./tree-reader.ts";

interface KeptRelease extends TreeReading {
  readonly info: CommitInfo;
  /** As the checkout gave them: of what counts, which may be less than all of its files. */
  readonly digests: ReadonlyMap<string, string>;
}

/**
 * Each lies in `releases/<commit>`: its tree and what must be in it. Made under another name and renamed last, so one that is there was
 * complete once; that it still is shows when its files are read again.
 */
export function createKeptCheckouts(root: string): KeptCheckouts {
  const placeOf = (stackName: string, commit: string) => join(placesOf(root, stackName).releases, commit);
  return {
    async find(stackName, commit) {
      if (!isFullCommit(commit)) return null;
      const place = placeOf(stackName, commit);
      // What a killed process left half done.
      await rm(`${place}.new`, { recursive: true, force: true });
      if (!(await lstat(place).catch(() => null))) return null;
      const staging = join(place, "tree");
      const kept = await readRelease(place);
      if (kept?.info.commit === commit && (await isComplete(staging, kept.entries))) {
        const { info, digests, unusable } = kept;
        return { staging, info, digests: async () => digests, unusable: async () => unusable };
      }
      await rm(place, { recursive: true, force: true });
      return null;
    },
    async keep(stackName, { staging, info, ...checkout }) {
      const place = placeOf(stackName, info.commit);
      if (!isFullCommit(info.commit) || (await isSame(staging, join(place, "tree")))) return;
      const incoming = `${place}.new`;
      await rm(incoming, { recursive: true, force: true });
      await mkdir(incoming, { recursive: true, mode: 0o700 });
      await writeFile(
        join(incoming, "release.json"),
        showRelease({ info, digests: await checkout.digests(), ...(await readTree(staging)) }),
        {
          mode: 0o600,
        },
      );
      await rename(staging, join(incoming, "tree"));
      await rm(place, { recursive: true, force: true });
      await rename(incoming, place);
      // Whoever still reads the checkout finds its files; the link goes with the staging directory.
      await symlink(join(place, "tree"), staging);
    },
    digestsOf: async (staging) => digestsOf((await readTree(staging)).entries),
    async keepOnly(stackName, commits) {
      const { releases } = placesOf(root, stackName);
      for (const name of await readdir(releases).catch(() => [])) {
        if (!commits.includes(name)) await rm(join(releases, name), { recursive: true, force: true });
      }
    },
  };
}

/** The same directory, whatever links lead there: one that is kept already is not kept again. */
async function isSame(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((path) => realpath(path).catch(() => null)));
  return first !== null && first === second;
}

async function isComplete(staging: string, entries: TreeEntries): Promise<boolean> {
  if (!(await lstat(staging).catch(() => null))?.isDirectory()) return false;
  const found = (await readTree(staging).catch(() => null))?.entries;
  return found?.size === entries.size && [...entries].every(([path, entry]) => sameEntry(found.get(path), entry));
}

function showRelease({ info, digests, entries, unusable }: KeptRelease): string {
  return JSON.stringify({ info, digests: [...digests], entries: [...entries], unusable: [...unusable] });
}

async function readRelease(place: string): Promise<KeptRelease | null> {
  try {
    const value = JSON.parse(await readFile(join(place, "release.json"), "utf8")) as {
      info: CommitInfo;
      digests: [string, string][];
      entries: [string, TreeEntry][];
      unusable: [string, Unusable][];
    };
    return {
      info: value.info,
      digests: new Map(value.digests),
      entries: new Map(value.entries),
      unusable: new Map(value.unusable),
    };
  } catch {
    return null;
  }
}
