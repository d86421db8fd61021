import { TallymanError } from "../error.ts";

/** How the host's own git is called: by path, with an environment that no user's configuration can reach. */
export interface GitCommand {
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface GitRun {
  readonly directory?: string;
  readonly input?: string;
  readonly deadlineMs: number;
}

/** Throws NotFound when git is not installed. `searchPath` is the host's PATH. */
export function findGit(searchPath: string): GitCommand {
  const path = Bun.which("git", { PATH: searchPath });
  if (path === null) {
    throw new TallymanError(
      "NotFound",
      "git is not installed on this host, and the demo's sample repository needs it",
      {
        hint: "Install it, on Debian with: apt-get install git",
      },
    );
  }
  const environment = {
    PATH: searchPath,
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
  };
  return { path, environment };
}

/** Standard output as text. Throws Internal with git's own words when it fails, Interrupted at the signal or the deadline. */
export async function runGit(
  git: GitCommand,
  argv: readonly string[],
  run: GitRun,
  signal: AbortSignal,
): Promise<string> {
  const child = Bun.spawn([git.path, ...argv], {
    ...(run.directory === undefined ? {} : { cwd: run.directory }),
    env: git.environment,
    stdin: run.input === undefined ? "ignore" : new TextEncoder().encode(run.input),
    stdout: "pipe",
    stderr: "pipe",
    signal,
    timeout: run.deadlineMs,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (exitCode === 0) return stdout;
  const what = `git ${argv[0] ?? ""}`;
  if (child.signalCode !== null) throw new TallymanError("Interrupted", `${what} was stopped before it ended`);
  throw new TallymanError("Internal", `${what} failed: ${stderr.trim().slice(0, 500)}`);
}
