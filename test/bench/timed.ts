import { readFileSync } from "node:fs";

/** What one run of a program took. Processor time is the process's own and that of the children it waited for. */
export interface Taken {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const DEADLINE_MS = 120_000;

/** Runs a program to its end, its output thrown away. Throws with what it said when it fails. */
export async function timed(
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Taken> {
  const began = performance.now();
  const child = Bun.spawn([...argv], { cwd, env, stdio: ["ignore", "ignore", "pipe"], timeout: DEADLINE_MS });
  const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  const wallMs = performance.now() - began;
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with code ${code}: ${said.trim()}`);
  const usage = child.resourceUsage();
  if (!usage) throw new Error(`${argv[0]}: the system does not say what it used`);
  return { wallMs, cpuMs: Number(usage.cpuTime.total) / 1_000 };
}

/**
 * The most memory that a program had at once, in MiB. Asked again and again while it runs: what the system says at its end counts the
 * process that started it, too.
 */
export async function peakMiB(
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const child = Bun.spawn([...argv], { cwd, env, stdio: ["ignore", "ignore", "ignore"], timeout: DEADLINE_MS });
  let peak = 0;
  while (child.exitCode === null) {
    peak = Math.max(peak, highWaterMiB(child.pid));
    await Bun.sleep(1);
  }
  return peak;
}

/** Zero for a process that has ended. */
function highWaterMiB(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
