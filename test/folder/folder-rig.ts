import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadProject } from "../../src/compose/load-project.ts";
import { createFolderSource, type InputsOf } from "../../src/folder/folder-source.ts";
import { createKeptCheckouts } from "../../src/git/kept-checkouts.ts";
import type { ProjectFiles } from "../../src/project-files.ts";
import type { Stack } from "../../src/stack.ts";
import { sampleStack } from "../support/flow.ts";
import { temporaryDirectory } from "../support/temporary.ts";

/** An apps dir with a source over it, as the daemon wires them. */
export function folderRig() {
  const directory = temporaryDirectory("folder");
  const [root, appsDir] = [join(directory.path, "root"), join(directory.path, "apps")];
  mkdirSync(root);
  mkdirSync(appsDir);
  let loads = 0;
  let time = Date.now() + 60_000;
  const inputsOf: InputsOf = (stack, files) => {
    loads += 1;
    return inputsOfProject(stack, files);
  };
  const settings = { root, appsDir, kept: createKeptCheckouts(root), inputsOf, now: () => new Date(time) };
  const source = createFolderSource(settings);
  return {
    source,
    root,
    appsDir,
    write(path: string, content: string): string {
      const place = join(appsDir, path);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, content);
      return place;
    },
    at: (path: string) => join(appsDir, path),
    home: (path: string) => join(root, "deployments/shop", path),
    loads: () => loads,
    forward: (milliseconds: number) => {
      time += milliseconds;
    },
    head: async (stack: Stack = folderStack(appsDir)) => (await source.head(stack, forever())).commit,
    checkout: async (stack: Stack = folderStack(appsDir)) =>
      source.checkout(stack, await source.head(stack, forever()), forever()),
    remove: () => directory.remove(),
  };
}

export type FolderRig = ReturnType<typeof folderRig>;

export const forever = () => new AbortController().signal;

export function folderStack(appsDir: string, more: Partial<Stack> = {}): Stack {
  return { ...sampleStack, origin: "folder", repository: join(appsDir, "shop"), ref: null, ...more };
}

/** Files mounted by themselves, files of configs and secrets, build contexts. */
function inputsOfProject(stack: Stack, files: ProjectFiles): readonly string[] {
  const { repository: cwd, profiles, envFiles } = stack;
  const request = { cwd, files: stack.files, projectName: stack.project, projectDirectory: cwd, envFiles, profiles };
  const project = loadProject(files, { ...request, environment: {} });
  const services = Object.values(project.services);
  const binds = services.flatMap((service) => service.volumes ?? []).flatMap(({ source }) => source ?? []);
  const objects = [...Object.values(project.configs), ...Object.values(project.secrets)];
  return [
    ...binds.filter((path) => path.startsWith(cwd) && files.kind(path) === "file"),
    ...objects.flatMap(({ file }) => file ?? []),
    ...services.flatMap(({ build }) => build?.context ?? []),
  ];
}
