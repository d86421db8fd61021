import { mkdir } from "node:fs/promises";
import type { ComposeEvent, ComposeTools, DoctorProbes, Tools } from "./cli/tools.ts";
import { type Config, dockerConfigFolder, environmentWithoutCompilers, thisHost } from "./config.ts";
import { TallymanError } from "./error.ts";
import { EventBus } from "./event-bus.ts";
import { TALLYMAN_LABEL } from "./label.ts";
import { createLog, type Log } from "./log.ts";
import type { Project } from "./project.ts";
import type { Clock } from "./reconcile/clock.ts";
import type { ComposeParts } from "./reconcile/compose-project.ts";
import type { PassParts } from "./reconcile/pass.ts";
import type { Stack } from "./stack.ts";
import type { Store } from "./store/store.ts";
import { build as built } from "./version.ts";
import type { WebEdges } from "./web/web-options.ts";

// The only file that knows every folder. A folder is imported when a command needs it, so that the others start at once.

// As of Node.js 23.11 and Bun 1.3, not yet in the types that come with Bun.
declare global {
  namespace NodeJS {
    interface Process {
      execve(file: string, argv: readonly string[], environment: Readonly<Record<string, string | undefined>>): never;
    }
  }
}

const STOP_WITHIN_MS = 10_000;

// A daemon that mostly waits gains nothing from compiled JavaScript, which takes 20 MB and memory that is both writable and executable.
// The same process goes on as the same program, before anything is loaded or opened.
const environment = Bun.isStandaloneExecutable && process.argv.some(lasts) ? environmentWithoutCompilers() : null;
if (environment) process.execve(process.execPath, [process.argv0, ...process.argv.slice(2)], environment);

function lasts(word: string): boolean {
  return word === "serve" || word === "demo";
}

const host = thisHost();
const build = { ...built, bun: Bun.version, target: `${process.platform}-${process.arch}` };

/** What talks to registries gets the logins of `docker login`. */
async function engineEdge(dockerHost: string) {
  const { dockerLogins } = await import("./docker/registry-auth.ts");
  return {
    dockerHost,
    registryAuth: dockerLogins({ folder: dockerConfigFolder(host), environment: host.environment }),
  };
}

const clock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  sleep(milliseconds, signal) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, signal.aborted ? 0 : milliseconds);
    signal.addEventListener("abort", end);
    return promise;
  },
};

/** What `demo` adds to `serve`: something before the first pass, and what is told and ended with the daemon. */
interface Companion {
  readonly announce: (addresses: { readonly url: string; readonly setupLink: string | null }) => void;
  readonly stop: () => Promise<void>;
}

type Accompany = (store: Store, signal: AbortSignal) => Promise<Companion>;

/** Runs the daemon until the signal aborts, then ends it within ten seconds; an operation under way is awaited. */
async function serve(config: Config, signal: AbortSignal, accompany: Accompany = announceSetup): Promise<void> {
  process.umask(0o077);
  await mkdir(`${config.root}/system`, { recursive: true, mode: 0o700 });
  const log = createLog((line) => process.stdout.write(line), { terminal: process.stdout.isTTY, now: clock.now });
  const { openStore } = await import("./store/store.ts");
  // The database opens on a thread of its own, and meanwhile this one reads the rest of the program.
  const [store] = await Promise.all([openStore({ root: config.root, log }), daemonModules(), composeModules()]);
  const running: { stop(): Promise<void> }[] = [];
  try {
    const { web, reconciler } = await startDaemon(config, store, log, signal);
    running.push(web, reconciler);
    log("info", "listening", { url: web.url, root: config.root });
    const companion = await accompany(store, signal);
    running.push(companion);
    await reconciler.start(await store.stacks.list());
    companion.announce({ url: web.url, setupLink: web.setupUrl });
    await aborted(signal);
    log("info", "stopping");
  } finally {
    const ended = Promise.all(running.map((part) => part.stop()));
    const late = new AbortController();
    await Promise.race([ended, clock.sleep(STOP_WITHIN_MS, late.signal)]);
    // A timer that still ran would keep the process alive.
    late.abort();
    await store.close();
  }
}

function daemonModules() {
  return Promise.all([
    import("./docker/docker-engine.ts"),
    import("./docker/worker-runner.ts"),
    import("./git/git-source.ts"),
    import("./reconcile/reconciler.ts"),
    import("./web/server.ts"),
  ]);
}

function composeModules() {
  return Promise.all([
    import("./compose/load-project.ts"),
    import("./compose/unsupported.ts"),
    import("./folder/disk-files.ts"),
    import("./docker/build.ts"),
  ]);
}

async function startDaemon(config: Config, store: Store, log: Log, signal: AbortSignal) {
  const [{ connectEngine }, { createWorkerRunner }, { createGitSource }, { Reconciler }, { startServer }] =
    await daemonModules();
  const { root, dockerHost, workerImage, workerNetwork } = config;
  const instance = store.instanceId;
  const edge = await engineEdge(dockerHost);
  const engine = connectEngine(edge);
  const runner = createWorkerRunner({ ...edge, image: workerImage, network: workerNetwork, instance });
  runner
    .sweep(AbortSignal.timeout(60_000))
    .catch((error: unknown) => log("warn", "could not look for old workers", { error }));
  const secretsDir = host.uid === 0 ? `/run/tallyman/${instance}` : `/dev/shm/tallyman-${host.uid}-${instance}`;
  const source = createGitSource({ root, runner, vault: store.credentials, hostKeys: store.hostKeys, secretsDir });
  const bus = new EventBus(clock.now().getTime().toString(36), clock.now);
  const labelsOf = (stack: Stack): Record<string, string> => ({
    [TALLYMAN_LABEL.stack]: stack.name,
    [TALLYMAN_LABEL.instance]: instance,
  });
  const parts = {
    source,
    engine,
    history: store.history,
    clock,
    publish: bus.publish,
    log,
    labelsOf,
    ...(await loading()),
  };
  const reconciler = new Reconciler(parts);
  const web = await startServer({
    listen: config.listen,
    insecureHttp: config.insecureHttp,
    intervalMs: config.intervalMs,
    socketPath: `${root}/system/tallyman.sock`,
    store,
    reconciler,
    engine,
    bus,
    build,
    log,
    now: clock.now,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    ...(await gitForWeb()),
    doctor: async (within) => {
      const { examine } = await import("./cli/doctor-checks.ts");
      return await examine(
        { config, host, probes: doctorProbes, daemonRuns: true, builtAt: build.builtAt, now: clock.now },
        AbortSignal.any([signal, within]),
      );
    },
  });
  return { web, reconciler };
}

/** How a checkout becomes a project. */
async function loading(): Promise<
  Pick<PassParts, "filesOf" | "placeOf" | "contextDigests" | "load" | "checkSupported">
> {
  const [{ loadProject }, { checkSupported }, { diskFiles, placeIn }, { contextDigests }] = await composeModules();
  return {
    load: loadProject,
    checkSupported: (project) => checkSupported(project),
    filesOf: (checkout) => diskFiles({ seenAs: checkout.live, from: checkout.staging }),
    placeOf: (checkout) => placeIn({ seenAs: checkout.live, from: checkout.staging }),
    contextDigests,
  };
}

/** What the add-a-stack page asks of git; SSH is half a megabyte of program, and loaded when somebody uses it. */
async function gitForWeb(): Promise<Omit<WebEdges, "doctor">> {
  const { parseRemoteUrl, parseHostKeyName } = await import("./git/remote-url.ts");
  return {
    readRemote: parseRemoteUrl,
    generateDeployKey: async (stackName) =>
      (await import("./git/deploy-key.ts")).generateDeployKey(`tallyman-${stackName}`),
    publicKeyOf: async (privateKey) => (await import("./git/deploy-key.ts")).publicKeyOf(privateKey),
    async learnHostKeys(name, signal) {
      const server = parseHostKeyName(name);
      if (!server)
        throw new TallymanError("InvalidInput", `host: "${name}" is no host name`, {
          hint: "Write HOST or [HOST]:PORT.",
        });
      const { learnHostKey } = await import("./git/ssh-connection.ts");
      return [await learnHostKey(server.host, server.port, signal)];
    },
  };
}

async function announceSetup(): Promise<Companion> {
  return {
    announce: ({ setupLink }) => {
      if (setupLink)
        process.stdout.write(`\nFirst start. Make your account here; the link works once:\n  ${setupLink}\n\n`);
    },
    stop: async () => undefined,
  };
}

/** `serve` with a sample repository as the first stack; every image comes from this host's own programs. */
async function demo(config: Config, signal: AbortSignal): Promise<void> {
  const [{ startDemo }, { demoBanner }, { createEngineClient }, { buildSampleImage, buildWorkerImage }] =
    await Promise.all([
      import("./demo/demo.ts"),
      import("./demo/demo-banner.ts"),
      import("./docker/engine-client.ts"),
      import("./docker/host-image.ts"),
    ]);
  const client = createEngineClient(config);
  await serve(config, signal, async (store) => {
    await ensureImage(config, config.workerImage, signal, () =>
      buildWorkerImage(client, { tag: config.workerImage }, signal),
    );
    const sample = await startDemo(
      {
        directory: `${config.root}/demo`,
        searchPath: host.environment["PATH"] ?? "",
        now: clock.now,
        ensureSampleImage: (image, within) =>
          ensureImage(config, image, within, () => buildSampleImage(client, { tag: image }, within)),
      },
      signal,
    );
    if (!(await store.stacks.get(sample.stack.name))) await store.stacks.add(sample.stack);
    return {
      announce: (addresses) => process.stdout.write(demoBanner(sample, { root: config.root, ...addresses })),
      stop: sample.stop,
    };
  });
}

async function ensureImage(
  config: Config,
  image: string,
  signal: AbortSignal,
  make: () => Promise<unknown>,
): Promise<void> {
  if (!(await doctorProbes.hasImage(config, image, signal))) await make();
}

const doctorProbes: DoctorProbes = {
  async engine({ dockerHost }, signal) {
    const { connectEngine } = await import("./docker/docker-engine.ts");
    return await connectEngine({ dockerHost }).info(signal);
  },
  async hasImage({ dockerHost }, image, signal) {
    const { connectEngine } = await import("./docker/docker-engine.ts");
    const observed = await connectEngine({ dockerHost }).observe(
      { project: "tallyman-doctor", images: [image], networks: [], volumes: [] },
      signal,
    );
    return observed.images[image] != null;
  },
  async openStore({ root }) {
    const { openStore } = await import("./store/store.ts");
    await (await openStore({ root })).close();
  },
};

const compose: ComposeTools = {
  async load(request) {
    const [{ loadProject }, { openDiskFiles }] = await Promise.all([
      import("./compose/load-project.ts"),
      import("./folder/disk-files.ts"),
    ]);
    return loadProject(openDiskFiles(), request);
  },
  async render(project, format) {
    const { renderConfig } = await import("./compose/render-config.ts");
    return renderConfig(project, format);
  },
  async plan({ dockerHost }, project, options, signal) {
    const [{ composePlan }, { connectEngine }] = await Promise.all([
      import("./reconcile/compose-project.ts"),
      import("./docker/docker-engine.ts"),
    ]);
    return await composePlan(await supported(project), options, connectEngine({ dockerHost }), signal);
  },
  async up(config, project, options, onEvent, signal) {
    const { composeUp } = await import("./reconcile/compose-project.ts");
    return await composeUp(await supported(project), options, await composeParts(config, onEvent), signal);
  },
  async down(config, projectName, { volumes }, onEvent, signal) {
    const { composeDown } = await import("./reconcile/compose-project.ts");
    await composeDown(projectName, volumes, await composeParts(config, onEvent), signal);
  },
  async ps({ dockerHost }, projectName, signal) {
    const { connectEngine } = await import("./docker/docker-engine.ts");
    return (
      await connectEngine({ dockerHost }).observe(
        { project: projectName, images: [], networks: [], volumes: [] },
        signal,
      )
    ).containers;
  },
};

/** Throws ComposeUnsupported before anything is touched. */
async function supported(project: Project): Promise<Project> {
  const { checkSupported } = await import("./compose/unsupported.ts");
  checkSupported(project);
  return project;
}

async function composeParts({ dockerHost }: Config, onEvent: (event: ComposeEvent) => void): Promise<ComposeParts> {
  const { connectEngine } = await import("./docker/docker-engine.ts");
  return {
    engine: connectEngine(await engineEdge(dockerHost)),
    clock,
    onWarning: (message) => onEvent({ type: "warning", message }),
    onStep: ({ operation, status, durationMs }) => onEvent({ type: "operation", operation, status, durationMs }),
    onProgress: (operation, text) => {
      if (operation.kind === "pull-image") onEvent({ type: "pull-progress", image: operation.image, text });
      if (operation.kind === "build-image") onEvent({ type: "build-progress", image: operation.image, text });
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve());
  return promise;
}

/** Aborts at the first SIGINT or SIGTERM; a second one is the system's own way. */
function endOfProcess(): AbortSignal {
  const end = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => end.abort());
  return end.signal;
}

// A reader that has seen enough (`tallyman logs | head`) is no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
}

const tools: Tools = {
  host,
  build,
  stdout: {
    write: (text) => void process.stdout.write(text),
    isTerminal: process.stdout.isTTY,
    columns: process.stdout.columns,
  },
  stderr: {
    write: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY,
    columns: process.stderr.columns,
  },
  readStdin: () => Bun.stdin.text(),
  now: clock.now,
  signal: endOfProcess(),
  serve: (config, signal) => serve(config, signal),
  demo,
  compose,
  async buildWorkerImage(config, image, _onProgress, signal) {
    const [{ createEngineClient }, { buildWorkerImage }] = await Promise.all([
      import("./docker/engine-client.ts"),
      import("./docker/host-image.ts"),
    ]);
    return (await buildWorkerImage(createEngineClient(config), { tag: image }, signal)).id;
  },
  doctor: doctorProbes,
};

const { runCli } = await import("./cli/program.ts");
process.exitCode = await runCli(process.argv.slice(2), tools);
