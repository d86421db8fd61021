import { join } from "node:path";
import { stackHome } from "../stack-folders.ts";

/** Where a stack's files are. Source: git.md, "Root directory". */
export interface StackPlaces {
  readonly home: string;
  readonly mirror: string;
  readonly staging: string;
  /** Kept checkouts of healthy releases, by commit. */
  readonly releases: string;
  readonly tree: string;
  readonly manifest: string;
  readonly conflicts: string;
}

export function placesOf(root: string, stackName: string): StackPlaces {
  const home = stackHome(root, stackName);
  return {
    home,
    mirror: join(home, "mirror.git"),
    staging: join(home, "staging"),
    releases: join(home, "releases"),
    tree: join(home, "tree"),
    manifest: join(home, "tree.manifest.json"),
    conflicts: join(home, "conflicts"),
  };
}

/** A directory of one moment: `conflicts/2026-11-21T09-30-00.000Z`. */
export function conflictsPath(places: StackPlaces, at: Date): string {
  return join(places.conflicts, at.toISOString().replaceAll(":", "-"));
}
