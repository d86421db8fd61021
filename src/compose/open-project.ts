import type { LoadRequest, ProjectFiles } from "../project-files.ts";
import { ComposeFault, locating } from "./compose-fault.ts";
import { type Discovery, discover } from "./discover.ts";
import { lookupIn } from "./environment.ts";
import { LoadNotes } from "./load-notes.ts";
import type { ModelContext } from "./model-context.ts";
import { type ParsedDocument, parseYaml } from "./parse-yaml.ts";
import { resolvePath } from "./posix-path.ts";
import { projectName } from "./project-name.ts";

/** What is known of a project before its model: the files, its directory and name, and what they are to be read with. */
export interface Opening {
  readonly found: Discovery;
  readonly name: string;
  readonly context: ModelContext;
}

/** Finds the files and the variables and names the project. Throws TallymanError. */
export function openProject(given: ProjectFiles, request: LoadRequest): Opening {
  const notes = new LoadNotes();
  const files = readable(given, request);
  const documentsOf = onceEach(files);
  const found = locating(new Map(), undefined, () => discover(files, request, notes));
  const name = locating(new Map(), found.files[0], () =>
    projectName({
      given: request.projectName,
      lookup: lookupIn(found.environment),
      documents: () => found.files.flatMap(documentsOf),
      directory: found.directory,
    }),
  );
  const environment = new Map([...found.environment, ["COMPOSE_PROJECT_NAME", name]]);
  const base = { directory: found.directory, home: environment.get("HOME") };
  const leaveOut = new Set(request.leaveOut);
  return { found, name, context: { files, documentsOf, environment, base, notes, leaveOut, trail: [] } };
}

/** Paths that stay relative belong to the directory in which the command runs; `-` is standard input. */
function readable(files: ProjectFiles, { cwd, standardInput }: LoadRequest): ProjectFiles {
  const isStandardInput = (path: string) => path === "-" && standardInput !== undefined;
  return {
    read: (path) => (isStandardInput(path) ? (standardInput ?? null) : files.read(resolvePath(cwd, path))),
    kind: (path) => (isStandardInput(path) ? "file" : files.kind(resolvePath(cwd, path))),
  };
}

/** Files that include one another many times over are somebody's trap. */
const MOST_READ = 500;

/** A file is parsed once, however often it is read: for its name, by `include` and by `extends`. */
function onceEach(files: ProjectFiles): ModelContext["documentsOf"] {
  const parsed = new Map<string, readonly ParsedDocument[]>();
  let reads = 0;
  return (file) => {
    reads += 1;
    if (reads > MOST_READ)
      throw new ComposeFault(`more than ${MOST_READ} files are included or extended`, [], "Include each file once.");
    const documents = parsed.get(file) ?? parseYaml(files.read(file) ?? "", file);
    parsed.set(file, documents);
    return documents;
  };
}
