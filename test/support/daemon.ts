import { join, resolve } from "node:path";
import type { StackStatus } from "../../src/stack.ts";
import { type CommandOptions, type CommandResult, command } from "./command.ts";
import type { TestEngine } from "./engine.ts";
import { hasImage } from "./images.ts";
import { freePort, type TemporaryDirectory, temporaryDirectory } from "./temporary.ts";
import { until } from "./waiting.ts";

const REPOSITORY_ROOT = resolve(import.meta.dir, "../..");

/** The image in which the rig's daemons fetch: made by Tallyman itself from this machine's git and ssh. */
export const WORKER_IMAGE = "tallyman-worker:1";

/** How Tallyman is started: the compiled file that `TALLYMAN_TEST_BINARY` names, else the source. */
export function tallymanCommand(): readonly string[] {
  const binary = process.env["TALLYMAN_TEST_BINARY"];
  return binary === undefined ? [process.execPath, join(REPOSITORY_ROOT, "src/main.ts")] : [binary];
}

/** Another build of the same source, as its `version` tells. */
export function otherBuild(version: string): readonly string[] {
  const defines = { TALLYMAN_VERSION: version, TALLYMAN_COMMIT: version.replaceAll(".", "").padEnd(40, "0") };
  const flags = Object.entries(defines).flatMap(([name, text]) => ["--define", `${name}=${JSON.stringify(text)}`]);
  return [process.execPath, ...flags, join(REPOSITORY_ROOT, "src/main.ts")];
}

/** Runs one command of Tallyman to its end, away from any settings of this shell. */
export function tallyman(words: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return command([...tallymanCommand(), ...words], {
    cwd: REPOSITORY_ROOT,
    ...options,
    env: { ...cleanEnvironment(), ...options.env },
  });
}

function cleanEnvironment(): Record<string, string | undefined> {
  const unset = Object.keys(process.env).filter((name) => /^(TALLYMAN_|DOCKER_|BUN_)/.test(name));
  return { NO_COLOR: "1", ...Object.fromEntries(unset.map((name) => [name, undefined])) };
}

/** Makes the worker image in the Engine, if it is not there yet. */
export async function workerImage(engine: TestEngine): Promise<string> {
  if (await hasImage(engine, WORKER_IMAGE)) return WORKER_IMAGE;
  const made = await tallyman(["worker-image", "build", "--docker-host", engine.dockerHost]);
  if (made.code !== 0) throw new Error(`worker-image build: ${made.stderr}${made.stdout}`);
  return WORKER_IMAGE;
}

export interface DaemonOptions {
  readonly engine: TestEngine;
  /** Kept by the caller, so that a second daemon can go on with it; else a temporary one. */
  readonly root?: string;
  readonly port?: number;
  /** Instead of the Engine's own socket, for example a proxy's. */
  readonly dockerHost?: string;
  /** `serve` with the rig's worker image unless it is `demo`, which makes its own. */
  readonly verb?: "serve" | "demo";
  /** Instead of the Tallyman that is tested: another build of it. */
  readonly program?: readonly string[];
  /** Further flags, such as `--interval 5s`. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly readyDeadlineMs?: number;
}

/** A real Tallyman process. */
export interface Daemon {
  readonly root: string;
  readonly url: string;
  readonly pid: number;
  /** A client command against this daemon. */
  run(...words: readonly string[]): Promise<CommandResult>;
  /** The same with `--json`, parsed; throws unless it ended with 0 (or one of `codes`). */
  json<T>(words: readonly string[], codes?: readonly number[]): Promise<T>;
  status(stackName: string): Promise<StackStatus>;
  /** Everything it wrote so far. */
  log(): string;
  setupLink(): Promise<string>;
  /** SIGKILL, as a power cut would. The root stays. */
  kill(): Promise<void>;
  /** SIGTERM; gives the exit code. Removes the root if it was temporary. */
  stop(): Promise<number>;
}

/** Starts a daemon and waits until it answers. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const temporary: TemporaryDirectory | null = options.root === undefined ? temporaryDirectory("root") : null;
  const root = options.root ?? temporary?.path ?? "";
  const url = `http://127.0.0.1:${options.port ?? freePort()}`;
  const flags = ["--root", root, "--listen", url.slice("http://".length)]
    .concat(["--docker-host", options.dockerHost ?? options.engine.dockerHost])
    .concat(
      options.verb === "demo" ? [] : ["--worker-image", await workerImage(options.engine), "--worker-network", "host"],
    )
    .concat(options.flags ?? []);
  let text = "";
  const program = options.program ?? tallymanCommand();
  const child = Bun.spawn([...program, options.verb ?? "serve", ...flags], {
    cwd: program.length > 1 ? REPOSITORY_ROOT : "/",
    env: { ...process.env, ...cleanEnvironment(), ...options.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const collecting = [child.stdout, child.stderr].map(async (stream) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  });
  const answers = async (): Promise<boolean> => {
    if (child.exitCode !== null) return true;
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok;
  };
  const fail = async (cause: unknown): Promise<never> => {
    child.kill("SIGKILL");
    await child.exited;
    temporary?.remove();
    throw new Error(`the daemon did not come up:\n${text}`, { cause });
  };
  await until("the daemon answers", answers, options.readyDeadlineMs ?? 60_000).catch(fail);
  if (child.exitCode !== null) return fail(`it ended with code ${child.exitCode}`);

  const run = (...words: readonly string[]): Promise<CommandResult> => tallyman([...words, "--root", root]);
  const json = async <T>(words: readonly string[], codes: readonly number[] = [0]): Promise<T> => {
    const result = await run(...words, "--json");
    if (codes.includes(result.code)) return JSON.parse(result.stdout) as T;
    throw new Error(`${words.join(" ")} ended with code ${result.code}: ${result.stderr}${result.stdout}`);
  };
  return {
    root,
    url,
    pid: child.pid,
    run,
    json,
    async status(stackName) {
      const [status] = await json<readonly StackStatus[]>(["status", stackName]);
      if (status === undefined) throw new Error(`no stack ${stackName}`);
      return status;
    },
    log: () => text,
    setupLink: () => until("the setup link is printed", () => /https?:\/\/\S*setup\S*/.exec(text)?.[0], 20_000),
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
      await Promise.all(collecting);
    },
    async stop() {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 30_000);
      const code = await child.exited;
      clearTimeout(late);
      await Promise.all(collecting);
      temporary?.remove();
      return code;
    },
  };
}
