import { join } from "node:path";
import { freePort, temporaryDirectory } from "../support/temporary.ts";
import { BARE_SERVER, median, RUNS, showRow, verdict } from "./figures.ts";

const GOAL_START_MS = 150;
const NO_ENGINE = "unix:///nonexistent/docker.sock";

/** From the start of the process to its first page, on an empty root and on one that is in place. */
export async function benchStart(binary: string): Promise<void> {
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
      const flags = ["--root", root, "--listen", `127.0.0.1:${port}`, "--docker-host", NO_ENGINE];
      figures.push(await startToAnswer([binary, "serve", ...flags], port, "/login"));
    }
  }
  showStart("bare Bun server: start to first answer", bare, bare);
  showStart("tallyman, empty root: start to first answer", first, bare, GOAL_START_MS);
  showStart("tallyman, root in place: start to first answer", again, bare, GOAL_START_MS);
}

function showStart(name: string, values: readonly number[], bare: readonly number[], goalMs?: number): void {
  const figure = median(values);
  const beside = `${(figure / median(bare)).toFixed(1)} × bare`;
  const goal = goalMs === undefined ? "" : `, ${beside} (goal ${goalMs}: ${verdict(figure, goalMs)})`;
  showRow(name, `${figure.toFixed(0).padStart(6)} ms${goal}`);
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
