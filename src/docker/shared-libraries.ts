import { execFile } from "node:child_process";
import { basename, dirname, join } from "node:path";

const DEADLINE_MS = 20_000;

/**
 * Absolute paths of everything the host's dynamic loader maps for these programs, the loader included; sorted. A static program has
 * none. A library whose file is named otherwise than it is asked for (musl's libc) is listed under the name it is asked for too.
 */
export async function sharedLibraries(programs: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const program of programs) for (const path of parseLdd(await runLdd(program, signal))) found.add(path);
  return [...found].sort();
}

/** Reads lines like `libz.so.1 => /lib/libz.so.1 (0x…)` and `/lib64/ld-linux-x86-64.so.2 (0x…)`; those without a file are the kernel's. */
export function parseLdd(output: string): readonly string[] {
  const paths = new Set<string>();
  for (const [, name, path = name ?? ""] of output.matchAll(/^\s*(\S+)(?: => (\/\S+))? \(0x[0-9a-f]+\)$/gm)) {
    if (!path.startsWith("/")) continue;
    paths.add(path);
    if (name && !name.startsWith("/")) paths.add(join(dirname(path), basename(name)));
  }
  return [...paths];
}

/** `ldd` ends with 1 for a static program and says so; that is an answer, not a failure. */
function runLdd(program: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: DEADLINE_MS, signal, env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C" } };
    execFile("ldd", ["--", program], options, (error, stdout) => {
      if (error && (error.code === "ENOENT" || error.killed || error.name === "AbortError")) reject(error);
      else resolve(stdout);
    });
  });
}
