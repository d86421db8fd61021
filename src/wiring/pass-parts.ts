import type { Config, Host } from "../config.ts";
import type { Engine } from "../engine.ts";
import type { EventBus } from "../event-bus.ts";
import { TALLYMAN_LABEL } from "../label.ts";
import type { Log } from "../log.ts";
import type { PassParts } from "../reconcile/pass.ts";
import type { Source } from "../source.ts";
import type { Store } from "../store/store.ts";
import type { WorkerRunner } from "../worker.ts";
import { clock, host } from "./this-process.ts";

interface Edges {
  readonly config: Config;
  readonly store: Store;
  readonly engine: Engine;
  readonly runner: WorkerRunner;
  readonly bus: EventBus;
  readonly log: Log;
}

/** The real edges, as a pass sees them. */
export async function passParts(edges: Edges): Promise<PassParts> {
  const { config, store, engine, bus, log } = edges;
  const { Turns } = await import("../reconcile/turns.ts");
  const { stackVariables } = await import("../stack-folders.ts");
  const { root, keepReleases, concurrency } = config;
  const { instanceId: instance, history, holds, kept, notices, variables } = store;
  return {
    source: await sources(edges),
    engine,
    history,
    holds,
    kept,
    notices,
    variables,
    clock,
    publish: bus.publish,
    log,
    instance,
    turns: new Turns(concurrency),
    releasesKept: keepReleases,
    neededImages: async () => {
      const names = (await store.stacks.list()).map(({ name }) => name);
      const releases = await Promise.all(names.map((name) => history.releases(name, keepReleases)));
      return releases.flat().flatMap(({ imageDigests }) => Object.values(imageDigests));
    },
    checkRoom: async (signal) => {
      const { checkFreeRoom } = await import("../folder/free-room.ts");
      await checkFreeRoom([root, (await engine.info(signal)).dockerRootDir]);
    },
    labelsOf: (stack) => ({ [TALLYMAN_LABEL.stack]: stack.name, [TALLYMAN_LABEL.instance]: instance }),
    foldersOf: (stack) => stackVariables(root, stack.name),
    ...(await loading()),
  };
}

/** Git, and beside it the apps dir when there is one; without one its stacks wait for it. */
async function sources({ config, store, runner }: Edges): Promise<Source> {
  const [{ createGitSource }, { createKeptCheckouts }, { createFolderSource }, { sourceByOrigin }] = await Promise.all([
    import("../git/git-source.ts"),
    import("../git/kept-checkouts.ts"),
    import("../folder/folder-source.ts"),
    import("./sources.ts"),
  ]);
  const [{ folderInputs }, { loadRequestOf }, { loadProject }, { stackVariables }] = await Promise.all([
    import("./folder-inputs.ts"),
    import("../reconcile/stack-settings.ts"),
    import("../compose/load-project.ts"),
    import("../stack-folders.ts"),
  ]);
  const { root, appsDir } = config;
  const { credentials: vault, hostKeys } = store;
  const git = createGitSource({ root, runner, vault, hostKeys, secretsDir: secretsDir(host, store.instanceId) });
  const folder = createFolderSource({
    root,
    appsDir: appsDir ?? "/nonexistent",
    kept: createKeptCheckouts(root),
    now: clock.now,
    settingsOf: async ({ name }) => (await store.variables.variablesOf(name)).digest,
    async inputsOf(stack, files, signal) {
      const { values } = await store.variables.variablesOf(stack.name);
      const request = loadRequestOf(stack, stack.repository, { ...values, ...stackVariables(root, stack.name) });
      return await folderInputs(loadProject(files, request), stack.repository, files, signal);
    },
  });
  return sourceByOrigin({ git, folder });
}

/** A folder of this daemon alone on a memory file system. */
function secretsDir({ uid }: Host, instance: string): string {
  return uid === 0 ? `/run/tallyman/${instance}` : `/dev/shm/tallyman-${uid}-${instance}`;
}

/** How a checkout becomes a project. */
async function loading(): Promise<
  Pick<PassParts, "filesOf" | "placeOf" | "contextDigests" | "load" | "checkSupported">
> {
  const [{ loadProject }, { checkSupported }, { diskFiles, placeIn }, { contextDigests }] = await Promise.all([
    import("../compose/load-project.ts"),
    import("../compose/unsupported.ts"),
    import("../folder/disk-files.ts"),
    import("../docker/build.ts"),
  ]);
  return {
    load: loadProject,
    checkSupported: (project) => checkSupported(project),
    filesOf: (checkout) => diskFiles({ seenAs: checkout.live, from: checkout.staging }),
    placeOf: (checkout) => placeIn({ seenAs: checkout.live, from: checkout.staging }),
    contextDigests,
  };
}
