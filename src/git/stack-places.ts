import { join } from "node:path";
import { TallymanError } from "../error.ts";

/** Where a stack's files are. Source: git.md, "Root directory". */
export interface StackPlaces {
  readonly home: string;
  readonly mirror: string;
  readonly staging: string;
  readonly tree: string;
  readonly manifest: string;
  readonly conflicts: string;
}

export function placesOf(root: string, stackName: string): StackPlaces {
  // Checked where stacks are added too; here it is what keeps a path below the root.
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(stackName)) {
    throw new TallymanError("InvalidInput", `name: ${JSON.stringify(stackName)} is no stack name`, {
      hint: "Use lowercase letters, digits, - and _.",
    });
  }
  const home = join(root, "deployments", stackName);
  return {
    home,
    mirror: join(home, "mirror.git"),
    staging: join(home, "staging"),
    tree: join(home, "tree"),
    manifest: join(home, "tree.manifest.json"),
    conflicts: join(home, "conflicts"),
  };
}

/** A directory of one moment: `conflicts/2026-11-21T09-30-00.000Z`. */
export function conflictsPath(places: StackPlaces, at: Date): string {
  return join(places.conflicts, at.toISOString().replaceAll(":", "-"));
}
