import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadProject } from "../../src/compose/load-project.ts";
import { createFolderSource, type InputsOf } from "../../src/folder/folder-source.ts";
import { createKeptCheckouts } from "../../src/git/kept-checkouts.ts";
import { loadRequestOf } from "../../src/reconcile/stack-settings.ts";
import type { Stack } from "../../src/stack.ts";
import { folderInputs } from "../../src/wiring/folder-inputs.ts";
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
  let variables: Readonly<Record<string, string>> = {};
  const inputsOf: InputsOf = async (stack, files, signal) => {
    loads += 1;
    const project = loadProject(files, loadRequestOf(stack, stack.repository, variables));
    return await folderInputs(project, stack.repository, files, signal);
  };
  const settingsOf = async () => JSON.stringify(variables);
  const source = createFolderSource({
    root,
    appsDir,
    kept: createKeptCheckouts(root),
    inputsOf,
    settingsOf,
    now: () => new Date(time),
  });
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
    setVariables(values: Readonly<Record<string, string>>): void {
      variables = values;
    },
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
