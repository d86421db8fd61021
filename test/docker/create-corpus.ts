import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadProject } from "../../src/compose/load-project.ts";
import { diskFiles } from "../../src/folder/disk-files.ts";
import type { Project } from "../../src/project.ts";

const OWN = join(import.meta.dir, "../fixtures/create");
const CORPUS = join(import.meta.dir, "../../../shared/corpus-create");
const COLLECTIONS = existsSync(CORPUS) ? readdirSync(CORPUS).filter((name) => !name.includes(".")) : [];

if (COLLECTIONS.length === 0) console.warn(`${CORPUS} is not at hand: only ${OWN} is tried`);

/** A project with every attribute, and, where they are kept beside the repository, about 160 from public collections. */
export const CORPUS_FOLDERS: readonly string[] = [OWN, ...COLLECTIONS.map((name) => join(CORPUS, name))];
/** The name that all of them were recorded under. */
export const CORPUS_PROJECT = "app";
/** The only image that they use. */
export const CORPUS_IMAGE = { reference: "alpine:latest", changes: ['CMD ["/bin/sh"]'] };

interface Meta {
  readonly main: string;
  readonly workingDir: string;
}

/** The project of one folder of a collection, as if it lay where it was recorded. */
export function corpusProject(directory: string): Project {
  const { main, workingDir } = JSON.parse(readFileSync(join(directory, "meta.json"), "utf8")) as Meta;
  const files = diskFiles({ seenAs: workingDir, from: join(directory, "project") });
  const request = { cwd: workingDir, files: [main], envFiles: [], profiles: [], environment: {} };
  return loadProject(files, { ...request, projectName: CORPUS_PROJECT });
}
