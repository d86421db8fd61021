import { join, resolve } from "node:path";
import { readContext } from "../docker/build-context.ts";
import { isRemote } from "../docker/build-query.ts";
import { TallymanError } from "../error.ts";
import { placeIn } from "../folder/disk-files.ts";
import type { NamedInputs } from "../folder/folder-inputs.ts";
import type { Build, Project } from "../project.ts";
import type { ProjectFiles } from "../project-files.ts";
import { namedInputs } from "../reconcile/inputs.ts";

interface Sent {
  /** Its Dockerfile and what it leaves out. */
  readonly steering: readonly string[];
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/**
 * What a project of the apps dir is made from beside the files that its load reads. Of a build context that is what the build is sent,
 * but a folder in it that a container mounts holds data: it goes along, and its changes do not count.
 */
export async function folderInputs(
  project: Project,
  folder: string,
  files: ProjectFiles,
  signal: AbortSignal,
): Promise<NamedInputs> {
  const services = Object.entries(project.services);
  const placeOf = placeIn({ seenAs: folder, from: folder });
  const builds = services.flatMap(([serviceName, { build }]) =>
    build && !isRemote(build.context) ? [{ serviceName, build, placeOf }] : [],
  );
  const contexts = new Set(builds.map(({ build }) => build.context));
  const sent = await Promise.all(builds.map((request) => sentTo(request, signal)));
  const kindOf = kindsBelow(folder, files);
  const isData = dataIn(contexts, project, kindOf);
  const sentFiles = sent.flatMap((one) => one.files);
  const others = builds.flatMap(({ build }) => Object.values(build.additional_contexts ?? {}));
  const objects = [...Object.values(project.configs), ...Object.values(project.secrets)];
  return {
    counted: [
      ...namedInputs(project, kindOf).filter((path) => !contexts.has(path)),
      ...objects.flatMap(({ file }) => file ?? []),
      ...others.filter((path) => path.startsWith("/")),
      ...sent.flatMap((one) => one.steering),
    ],
    sent: sentFiles.filter((path) => !isData(path)),
    copied: sentFiles.filter(isData),
    looked: sent.flatMap((one) => one.folders).filter((path) => !isData(`${path}/`)),
  };
}

/** What lies elsewhere on this host, or behind a link that leads there, is none of the folder's inputs. */
function kindsBelow(folder: string, files: ProjectFiles): ProjectFiles["kind"] {
  return (path) => {
    try {
      return path.startsWith(`${folder}/`) ? files.kind(path) : null;
    } catch (thrown) {
      if (thrown instanceof TallymanError) return null;
      throw thrown;
    }
  };
}

/** Whether a path lies in a mounted folder inside a build context. A context that is itself mounted holds the program, not data. */
function dataIn(
  contexts: ReadonlySet<string>,
  project: Project,
  kindOf: ProjectFiles["kind"],
): (path: string) => boolean {
  const binds = Object.values(project.services).flatMap(({ volumes }) => volumes ?? []);
  const folders = binds.flatMap(({ type, source }) =>
    type === "bind" && source && [...contexts].some((context) => source.startsWith(`${context}/`)) ? [source] : [],
  );
  const data = [...new Set(folders)].filter((path) => kindOf(path) === "directory");
  return (path) => data.some((one) => path.startsWith(`${one}/`));
}

async function sentTo(
  request: { readonly serviceName: string; readonly build: Build; readonly placeOf: (path: string) => string },
  signal: AbortSignal,
): Promise<Sent> {
  const { context, dockerfile = "Dockerfile" } = request.build;
  const steering = [
    resolve(context, dockerfile),
    `${resolve(context, dockerfile)}.dockerignore`,
    `${context}/.dockerignore`,
  ];
  try {
    const { entries } = await readContext(request, signal);
    const paths = (isFolder: boolean) =>
      entries.filter(({ kind }) => (kind === "directory") === isFolder).map(({ path }) => join(context, path));
    return { steering, files: paths(false), folders: [context, ...paths(true)] };
  } catch (thrown) {
    // A build that cannot be sent fails in the pass, with words; what may mend it is looked at meanwhile.
    if (!(thrown instanceof TallymanError)) throw thrown;
    return { steering, files: [], folders: [context] };
  }
}
