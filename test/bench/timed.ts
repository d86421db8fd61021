/** What one run of a program took. Processor time and memory are the process's own and of the children it waited for. */
export interface Taken {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
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
  return { wallMs, cpuMs: Number(usage.cpuTime.total) / 1_000, peakMiB: usage.maxRSS / 2 ** 20 };
}
