import type { Deployment } from "../../src/deployment.ts";
import type { StackStatus } from "../../src/stack.ts";
import { type Daemon, startDaemon } from "./daemon.ts";
import { type TestEngine, testEngine } from "./engine.ts";
import { containersOf, engineApi, type ListedContainer, removeProject } from "./engine-api.ts";
import { type GitHttpServer, serveGitOverHttp } from "./git-http.ts";
import { busyboxImage } from "./images.ts";
import { createRepository, type TestRepository } from "./repository.ts";
import { type TemporaryDirectory, temporaryDirectory } from "./temporary.ts";
import { until } from "./waiting.ts";

export interface StackRigOptions {
  /** Stack, repository and project; another for each file, as all share one Engine. */
  readonly name: string;
  readonly flags?: readonly string[];
  /** Instead of the Engine's own socket, for example a proxy's. */
  readonly dockerHost?: string;
  /** Instead of the one that all share. */
  readonly engine?: TestEngine;
  /** Tallyman's root, which must outlive the rig, instead of one that the rig makes. */
  readonly root?: string;
}

/** A real daemon with one repository, and the questions that tests ask of its stack. */
export interface StackRig extends AsyncDisposable {
  readonly directory: TemporaryDirectory;
  readonly root: string;
  readonly engine: TestEngine;
  readonly repository: TestRepository;
  readonly server: GitHttpServer;
  readonly daemon: Daemon;
  /** Kills the daemon and starts it, or the given other build of it, on the same root. */
  restart(program?: readonly string[]): Promise<void>;
  push(compose: unknown, message?: string, files?: Readonly<Record<string, string>>): Promise<string>;
  /** `deploy --wait`: a commit or a change is looked at now, whatever the interval. */
  deploy(): Promise<number>;
  status(): Promise<StackStatus>;
  inSync(commit?: string): Promise<StackStatus>;
  history(): Promise<readonly Deployment[]>;
  containers(): Promise<readonly ListedContainer[]>;
  /** Service → container id, of those that run. */
  running(): Promise<Readonly<Record<string, string>>>;
  inspect(serviceName: string): Promise<Inspected>;
}

export interface Inspected {
  readonly Id: string;
  readonly Config: { readonly Env: readonly string[]; readonly Labels: Readonly<Record<string, string>> };
  readonly State: { readonly StartedAt: string; readonly FinishedAt: string; readonly Running: boolean };
}

export async function stackRig({
  name,
  flags = ["--interval", "10s"],
  dockerHost,
  engine: own,
  root: ownRoot,
}: StackRigOptions): Promise<StackRig> {
  const directory = temporaryDirectory(name);
  const root = ownRoot ?? `${directory.path}/root`;
  const engine = own ?? (await testEngine());
  await busyboxImage(engine);
  await removeProject(engine, name);
  const repository = await createRepository(directory.path, name);
  const server = await serveGitOverHttp({ root: directory.path });
  const start = (program?: readonly string[]) =>
    startDaemon({ engine, root, flags, ...(dockerHost ? { dockerHost } : {}), ...(program ? { program } : {}) });
  let daemon = await start();
  const rig: StackRig = {
    directory,
    root,
    engine,
    repository,
    server,
    get daemon() {
      return daemon;
    },
    async restart(program) {
      await daemon.kill();
      daemon = await start(program);
    },
    push: (compose, message = "A change", files = {}) =>
      repository.commit({ "compose.yaml": `${JSON.stringify(compose, null, 2)}\n`, ...files }, message),
    deploy: async () => (await daemon.run("deploy", name, "--wait")).code,
    status: () => daemon.status(name),
    inSync: (commit) =>
      until(
        `${name} is in sync${commit ? ` at ${commit.slice(0, 7)}` : ""}`,
        async () => {
          const now = await daemon.status(name);
          return now.state === "in-sync" && (commit === undefined || now.commit === commit) ? now : null;
        },
        120_000,
        100,
      ),
    history: () => daemon.json<readonly Deployment[]>(["history", name]),
    containers: () => containersOf(engine, name),
    async running() {
      const running = (await containersOf(engine, name)).filter(({ State }) => State === "running");
      return Object.fromEntries(running.map(({ Id, Labels }) => [Labels["com.docker.compose.service"] ?? "", Id]));
    },
    async inspect(serviceName) {
      const { [serviceName]: id } = await rig.running();
      return await engineApi<Inspected>(engine, `/containers/${id}/json`);
    },
    async [Symbol.asyncDispose]() {
      await daemon.stop();
      await server.stop();
      await removeProject(engine, name);
      directory.remove();
    },
  };
  return rig;
}
