import { TallymanError } from "../error.ts";
import type { Project } from "../project.ts";
import type { Unusable } from "../source.ts";
import { insideOf, mountedPaths } from "./inputs.ts";

const WORDS: Readonly<Record<Unusable, { readonly what: string; readonly hint: string }>> = {
  "lfs-pointer": {
    what: "is a Git LFS pointer, not the file itself",
    hint: "Commit the file itself, or take it from an image or a volume.",
  },
  submodule: {
    what: "is a submodule, and those are not fetched",
    hint: "Commit its files, or take them from an image.",
  },
  "outer-link": {
    what: "is a link that leads out of the repository",
    hint: "Mount the path on this host by its own name, or commit the file itself.",
  },
  "odd-name": { what: "has a name that is no UTF-8", hint: "Rename it." },
};

/**
 * Throws ComposeInvalid when a service mounts what is not what it stands for: the text of a pointer must never reach a container in
 * place of a file, nor an empty folder in place of a submodule. Links and odd names deep inside a mounted folder are merely left out.
 */
export function checkUsable(project: Project, unusable: ReadonlyMap<string, Unusable>, tree: string): void {
  for (const [serviceName, service] of Object.entries(project.services)) {
    for (const mounted of mountedPaths(project, service)) {
      const place = insideOf(tree, mounted);
      const found = [...unusable].find(([path, kind]) => place !== null && spoils(place, path, kind));
      if (found) throw refusal(serviceName, ...found);
    }
  }
}

function spoils(place: string, path: string, kind: Unusable): boolean {
  if (place === path || place.startsWith(`${path}/`)) return true;
  const isBelow = place === "" || path.startsWith(`${place}/`);
  return isBelow && (kind === "lfs-pointer" || kind === "submodule");
}

function refusal(serviceName: string, path: string, kind: Unusable): TallymanError {
  const { what, hint } = WORDS[kind];
  return new TallymanError("ComposeInvalid", `services.${serviceName} mounts ${path}, which ${what}`, { hint });
}
