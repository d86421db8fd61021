import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startDaemon, workerImage } from "../support/daemon.ts";
import type { TestEngine } from "../support/engine.ts";
import { removeProject } from "../support/engine-api.ts";
import { serveGitOverHttp } from "../support/git-http.ts";
import { BUSYBOX_IMAGE, busyboxImage } from "../support/images.ts";
import { createRepository } from "../support/repository.ts";
import { freePort, temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";
import { BARE_SERVER, median, RUNS, showRow, verdict } from "./figures.ts";

const GOAL_IDLE_MIB = 90;
/** Three polls, so that what is loaded at the first of them is in the figure. */
const SETTLE_MS = 15_000;

/** What the process keeps in memory while nothing happens: five daemons at once, one stack each. */
export async function benchIdle(engine: TestEngine): Promise<void> {
  using directory = temporaryDirectory("bench");
  const repository = await createRepository(directory.path, "bench");
  await repository.commit({ "compose.yaml": quietStack() }, "First");
  const server = await serveGitOverHttp({ root: directory.path });
  await busyboxImage(engine);
  await workerImage(engine);
  const names = Array.from({ length: RUNS }, (_, run) => `bench${run}`);
  const started = (add: boolean) =>
    Promise.all(names.map((name) => idleMiB(engine, join(directory.path, name), name, server.url("bench"), add)));
  try {
    showMemory("bare Bun server: idle RSS", [await bareIdleMiB()]);
    showMemory("tallyman, one stack, first start: idle RSS", await started(true), GOAL_IDLE_MIB);
    showMemory("tallyman, one stack, later start: idle RSS", await started(false), GOAL_IDLE_MIB);
  } finally {
    await server.stop();
    for (const name of names) await removeProject(engine, name);
  }
}

function showMemory(name: string, values: readonly Resident[], goalMiB?: number): void {
  const of = (part: keyof Resident): number => median(values.map((value) => value[part]));
  const goal = goalMiB === undefined ? "" : ` (goal ${goalMiB}: ${verdict(of("resident"), goalMiB)})`;
  showRow(name, `${of("resident").toFixed(1).padStart(6)} MiB, of it anonymous ${of("anonymous").toFixed(1)}${goal}`);
}

/** Two services that only sleep: five times this must not load the machine that is measured. */
function quietStack(): string {
  const quiet = { image: BUSYBOX_IMAGE, command: ["sleep", "86400"], stop_signal: "SIGKILL" };
  return JSON.stringify({ services: { app: { ...quiet, depends_on: ["db"] }, db: quiet } });
}

/** One daemon with one stack, in sync for a while. With `add` the stack is new, so it is the root's first start. */
async function idleMiB(engine: TestEngine, root: string, name: string, repository: string, add: boolean) {
  mkdirSync(root, { recursive: true });
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
