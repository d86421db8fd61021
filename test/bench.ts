import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { startDaemon, workerImage } from "./support/daemon.ts";
import { startPrivateEngine, type TestEngine } from "./support/engine.ts";
import { serveGitOverHttp } from "./support/git-http.ts";
import { BUSYBOX_IMAGE, busyboxImage } from "./support/images.ts";
import { createRepository } from "./support/repository.ts";
import { freePort, temporaryDirectory } from "./support/temporary.ts";
import { until } from "./support/waiting.ts";

// Figures of the compiled file on this machine, medians of five, beside a bare Bun server measured the same way at the same time.

const RUNS = 5;
const GOAL_START_MS = 150;
const GOAL_IDLE_MIB = 90;
/** Three polls, so that what is loaded at the first of them is in the figure. */
const SETTLE_MS = 15_000;
const binary = resolve(import.meta.dir, "../dist/tallyman");
const BARE_SERVER =
  "Bun.serve({ hostname: '127.0.0.1', port: Number(process.env.PORT), fetch: () => new Response('ok') });";

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Milliseconds from the start of a process to its first complete HTTP answer. The process is ended before this settles. */
async function startToAnswer(argv: readonly string[], port: number, path: string): Promise<number> {
  const began = performance.now();
  const child = Bun.spawn([...argv], {
    env: { PATH: process.env["PATH"] ?? "", PORT: String(port) },
    stdio: ["ignore", "ignore", "ignore"],
  });
  let answeredMs = Number.NaN;
  while (performance.now() - began < 20_000 && Number.isNaN(answeredMs) && child.exitCode === null) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { redirect: "manual" });
      await answer.arrayBuffer();
      answeredMs = performance.now() - began;
    } catch {
      await Bun.sleep(1);
    }
  }
  child.kill("SIGTERM");
  await child.exited;
  if (Number.isNaN(answeredMs)) throw new Error(`${argv[0]} never answered`);
  return answeredMs;
}

interface Resident {
  readonly resident: number;
  /** Without what is mapped from files, such as the program itself. */
  readonly anonymous: number;
}

/** In MiB. */
function residentMiB(pid: number): Resident {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0) / 1024;
  return { resident: of("VmRSS"), anonymous: of("RssAnon") };
}

async function benchStart(dockerHost: string): Promise<void> {
  const bare: number[] = [];
  const first: number[] = [];
  const again: number[] = [];
  using directory = temporaryDirectory("bench");
  for (let run = 0; run < RUNS; run += 1) {
    const barePort = freePort();
    bare.push(await startToAnswer([process.execPath, "-e", BARE_SERVER], barePort, "/"));
    const root = join(directory.path, String(run));
    for (const figures of [first, again]) {
      const port = freePort();
      const flags = ["--root", root, "--listen", `127.0.0.1:${port}`, "--docker-host", dockerHost];
      figures.push(await startToAnswer([binary, "serve", ...flags], port, "/login"));
    }
  }
  const row = (name: string, values: readonly number[], note = ""): void =>
    console.log(`${name.padEnd(46)} ${median(values).toFixed(0).padStart(6)} ms   ${note}`);
  row("bare Bun server: start to first answer", bare);
  row(
    "tallyman, empty root: start to first answer",
    first,
    `goal ${GOAL_START_MS}, ${(median(first) / median(bare)).toFixed(1)} × bare`,
  );
  row(
    "tallyman, root in place: start to first answer",
    again,
    `goal ${GOAL_START_MS}, ${(median(again) / median(bare)).toFixed(1)} × bare`,
  );
}

/** Two services that only sleep: five times this must not load the machine that is measured. */
function quietStack(): string {
  const quiet = { image: BUSYBOX_IMAGE, command: ["sleep", "86400"], stop_signal: "SIGKILL" };
  return JSON.stringify({ services: { app: { ...quiet, depends_on: ["db"] }, db: quiet } });
}

/** One daemon with one stack, in sync for a while. With `add` the stack is new, so it is the root's first start. */
async function idleMiB(engine: TestEngine, root: string, name: string, repository: string, add: boolean) {
  const daemon = await startDaemon({ engine, root, flags: ["--interval", "5s"] });
  if (add) await daemon.json(["stack", "add", name, "--repo", repository]);
  await until(`${name} is in sync`, async () => (await daemon.status(name)).state === "in-sync", 300_000, 500);
  await Bun.sleep(SETTLE_MS);
  const figures = residentMiB(daemon.pid);
  await daemon.stop();
  return figures;
}

async function bareIdleMiB(): Promise<Resident> {
  const env = { PORT: String(freePort()) };
  const bare = Bun.spawn([process.execPath, "-e", BARE_SERVER], { env, stdio: ["ignore", "ignore", "ignore"] });
  await Bun.sleep(2_000);
  const figures = residentMiB(bare.pid);
  bare.kill();
  return figures;
}

async function benchIdle(): Promise<void> {
  using directory = temporaryDirectory("bench");
  const { engine, stop } = await startPrivateEngine();
  const repository = await createRepository(directory.path, "bench");
  await repository.commit({ "compose.yaml": quietStack() }, "First");
  const server = await serveGitOverHttp({ root: directory.path });
  await busyboxImage(engine);
  await workerImage(engine);
  const names = Array.from({ length: RUNS }, (_, run) => `bench${run}`);
  const started = (add: boolean) =>
    Promise.all(
      names.map((name) => {
        const root = join(directory.path, `root-${name}`);
        mkdirSync(root, { recursive: true });
        return idleMiB(engine, root, name, server.url("bench"), add);
      }),
    );
  const row = (name: string, values: readonly Resident[], note = ""): void => {
    const of = (part: keyof Resident): string => median(values.map((value) => value[part])).toFixed(1);
    console.log(`${name.padEnd(46)} ${of("resident").padStart(6)} MiB  of it anonymous ${of("anonymous")}${note}`);
  };
  row("bare Bun server: idle RSS", [await bareIdleMiB()]);
  row("tallyman, one stack, first start: idle RSS", await started(true), `, goal ${GOAL_IDLE_MIB}`);
  row("tallyman, one stack, later start: idle RSS", await started(false), `, goal ${GOAL_IDLE_MIB}`);
  await server.stop();
  await stop();
}

if (!existsSync(binary)) throw new Error("dist/tallyman is missing: run `bun run build` first");
process.env["TALLYMAN_TEST_BINARY"] = binary;
console.log(
  `dist/tallyman ${(Bun.file(binary).size / 2 ** 20).toFixed(1)} MiB, Bun ${Bun.version}, medians of ${RUNS}`,
);
await benchStart("unix:///nonexistent/docker.sock");
await benchIdle();
process.exit(0);
