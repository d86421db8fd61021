import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { startDaemon } from "./support/daemon.ts";
import { startPrivateEngine } from "./support/engine.ts";
import { serveGitOverHttp } from "./support/git-http.ts";
import { busyboxImage } from "./support/images.ts";
import { createRepository } from "./support/repository.ts";
import { twoServices } from "./support/sample-stack.ts";
import { freePort, temporaryDirectory } from "./support/temporary.ts";
import { until } from "./support/waiting.ts";

// Figures of the compiled file on this machine, medians of five, beside a bare Bun server measured the same way at the same time.

const RUNS = 5;
const GOAL_START_MS = 150;
const GOAL_IDLE_MIB = 90;
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

/** Resident MiB of a process, without what it shares with the page cache of its own file where the kernel tells. */
function residentMiB(pid: number): { readonly resident: number; readonly anonymous: number } {
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

async function benchIdle(): Promise<void> {
  using directory = temporaryDirectory("bench");
  const { engine, stop } = await startPrivateEngine();
  const repository = await createRepository(directory.path, "bench");
  await repository.commit({ "compose.yaml": twoServices({ version: "1" }) }, "First");
  const server = await serveGitOverHttp({ root: directory.path });
  await busyboxImage(engine);
  const daemon = await startDaemon({ engine, flags: ["--interval", "5s"] });
  await daemon.json(["stack", "add", "bench", "--repo", server.url("bench")]);
  await until("the stack is in sync", async () => (await daemon.status("bench")).state === "in-sync", 120_000);
  await Bun.sleep(15_000);
  const samples: ReturnType<typeof residentMiB>[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    samples.push(residentMiB(daemon.pid));
    await Bun.sleep(2_000);
  }
  const resident = median(samples.map((sample) => sample.resident));
  const anonymous = median(samples.map((sample) => sample.anonymous));
  const bare = Bun.spawn([process.execPath, "-e", BARE_SERVER], {
    env: { PORT: String(freePort()) },
    stdio: ["ignore", "ignore", "ignore"],
  });
  await Bun.sleep(2_000);
  const beside = residentMiB(bare.pid);
  bare.kill();
  console.log(
    `${"bare Bun server: idle RSS".padEnd(46)} ${beside.resident.toFixed(0).padStart(6)} MiB  of it anonymous ${beside.anonymous.toFixed(0)}`,
  );
  console.log(
    `${"tallyman, one stack polled: idle RSS".padEnd(46)} ${resident.toFixed(0).padStart(6)} MiB  of it anonymous ${anonymous.toFixed(0)}, goal ${GOAL_IDLE_MIB}`,
  );
  await daemon.stop();
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
