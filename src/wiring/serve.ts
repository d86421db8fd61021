import { mkdir } from "node:fs/promises";
import type { Config } from "../config.ts";
import { TallymanError } from "../error.ts";
import { EventBus } from "../event-bus.ts";
import { createLog, type Log } from "../log.ts";
import type { Reconciler } from "../reconcile/reconciler.ts";
import type { Store } from "../store/store.ts";
import type { WebEdges } from "../web/web-options.ts";
import { tidyArchive } from "./archive.ts";
import { doctorProbes } from "./doctor-probes.ts";
import { passParts } from "./pass-parts.ts";
import { build, clock, engineEdge, host } from "./this-process.ts";

const STOP_WITHIN_MS = 10_000;

/** What `demo` adds to `serve`: something before the first pass, and what is told and ended with the daemon. */
export interface Companion {
  readonly announce: (addresses: { readonly url: string; readonly setupLink: string | null }) => void;
  readonly stop: () => Promise<void>;
}

export type Accompany = (store: Store, signal: AbortSignal) => Promise<Companion>;

/** Runs the daemon until the signal aborts, then ends it within ten seconds; an operation under way is awaited. */
export async function serve(config: Config, signal: AbortSignal, accompany?: Accompany): Promise<void> {
  process.umask(0o077);
  await mkdir(`${config.root}/system`, { recursive: true, mode: 0o700 });
  const log = createLog((line) => process.stdout.write(line), { terminal: process.stdout.isTTY, now: clock.now });
  const { openStore } = await import("../store/store.ts");
  // The database opens on a thread of its own, and meanwhile this one reads the rest of the program.
  const [store] = await Promise.all([openStore({ root: config.root, log }), daemonModules(), composeModules()]);
  const running: { stop(): Promise<void> }[] = [];
  try {
    const { web, reconciler, bus } = await startDaemon(config, store, log, signal);
    running.push(web, reconciler);
    log("info", "listening", { url: web.url, root: config.root });
    const companion = (await accompany?.(store, signal)) ?? announceSetup(log);
    running.push(companion);
    await reconciler.start(await store.stacks.list());
    const watched = await apps(config, { reconciler, bus }, store, log);
    if (watched) running.push(watched);
    running.push(tidyArchive({ store, clock, log }));
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
    import("../docker/docker-engine.ts"),
    import("../docker/worker-runner.ts"),
    import("../git/git-source.ts"),
    import("../folder/folder-source.ts"),
    import("../reconcile/reconciler.ts"),
    import("../web/server.ts"),
  ]);
}

function composeModules() {
  return Promise.all([
    import("../compose/load-project.ts"),
    import("../compose/unsupported.ts"),
    import("../folder/disk-files.ts"),
    import("../docker/build.ts"),
  ]);
}

async function startDaemon(config: Config, store: Store, log: Log, signal: AbortSignal) {
  const [{ connectEngine }, { createWorkerRunner }, , , { Reconciler }, { startServer }] = await daemonModules();
  const { root, dockerHost, workerImage, workerNetwork } = config;
  const instance = store.instanceId;
  const edge = await engineEdge(dockerHost, store.registryLogins);
  const engine = connectEngine(edge);
  const runner = createWorkerRunner({ ...edge, image: workerImage, network: workerNetwork, instance });
  runner
    .sweep(AbortSignal.timeout(60_000))
    .catch((error: unknown) => log("warn", "could not look for old workers", { error }));
  const bus = new EventBus(clock.now().getTime().toString(36), clock.now);
  const parts = await passParts({ config, store, engine, runner, bus, log });
  const reconciler = new Reconciler(parts);
  const web = await startServer({
    listen: config.listen,
    insecureHttp: config.insecureHttp,
    hostNames: config.hostNames,
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
      const { examine } = await import("../cli/doctor-checks.ts");
      return await examine(
        { config, host, probes: doctorProbes, daemonRuns: true, builtAt: build.builtAt, now: clock.now },
        AbortSignal.any([signal, within]),
      );
    },
  });
  return { web, reconciler, bus };
}

/** The watched folder of stacks, if there is one. Its first look gives every folder there its stack. */
async function apps(config: Config, daemon: { reconciler: Reconciler; bus: EventBus }, store: Store, log: Log) {
  if (config.appsDir === null) return null;
  const { watchApps } = await import("./apps.ts");
  const watched = watchApps(config.appsDir, { config, store, log, ...daemon });
  await watched.start();
  return watched;
}

/** What the add-a-stack page asks of git; SSH is half a megabyte of program, and loaded when somebody uses it. */
async function gitForWeb(): Promise<Omit<WebEdges, "doctor">> {
  const { parseRemoteUrl, parseHostKeyName } = await import("../git/remote-url.ts");
  return {
    readRemote: parseRemoteUrl,
    generateDeployKey: async (stackName) =>
      (await import("../git/deploy-key.ts")).generateDeployKey(`tallyman-${stackName}`),
    publicKeyOf: async (privateKey) => (await import("../git/deploy-key.ts")).publicKeyOf(privateKey),
    async learnHostKeys(name, signal) {
      const server = parseHostKeyName(name);
      if (!server)
        throw new TallymanError("InvalidInput", `host: "${name}" is no host name`, {
          hint: "Write HOST or [HOST]:PORT.",
        });
      const { learnHostKey } = await import("../git/ssh-connection.ts");
      return [await learnHostKey(server.host, server.port, signal)];
    },
  };
}

/** Off a terminal every line is an object, this one too: something may read the log line by line. */
function announceSetup(log: Log): Companion {
  return {
    announce: ({ setupLink }) => {
      if (!setupLink) return;
      if (process.stdout.isTTY)
        process.stdout.write(`\nFirst start. Make your account here; the link works once:\n  ${setupLink}\n\n`);
      else log("info", `first start: make your account at ${setupLink} (the link works once)`);
    },
    stop: async () => undefined,
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve());
  return promise;
}
