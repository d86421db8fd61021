import type { LoadStep, ProjectFiles } from "../project-files.ts";
import type { Environment } from "./environment.ts";
import type { LoadNotes } from "./load-notes.ts";
import type { ParsedDocument } from "./parse-yaml.ts";
import type { PathBase } from "./resolve-paths.ts";
import type { Mapping } from "./tree.ts";

/** What one project, the outermost or an included one, is loaded with. */
export interface ModelContext {
  readonly files: ProjectFiles;
  /** The documents of a file that is there. Throws TallymanError for what is not YAML. */
  readonly documentsOf: (file: string) => readonly ParsedDocument[];
  readonly environment: Environment;
  readonly base: PathBase;
  readonly notes: LoadNotes;
  readonly leaveOut: ReadonlySet<LoadStep>;
  /** Main files of the projects that include this one, outermost first. */
  readonly trail: readonly string[];
}

/** Loads a project's files into one canonical model; handed to `include`, which loads projects inside a project. */
export type LoadModel = (files: readonly string[], context: ModelContext) => Mapping;
