import { runCli } from "../../src/cli/program.ts";
import type { Tools } from "../../src/cli/tools.ts";
import type { Config } from "../../src/config.ts";
import { emptyProject, type Project } from "../../src/project.ts";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const NOW = new Date("2026-02-03T04:05:06Z");
export const COMMIT = "41d07e3fae10c0ffee41d07e3fae10c0ffee41d0";

export function project(changes: Partial<Project> = {}): Project {
  return { ...emptyProject("shop"), ...changes };
}

/** Harmless tools that print nowhere. */
export const TOOLS: Tools = {
  host: { environment: { HOME: "/home/somebody" }, uid: 1000, cwd: "/srv" },
  build: { version: "1.2.3", commit: COMMIT, builtAt: "2026-01-01T00:00:00Z", bun: "1.4.5", target: "linux-x64" },
  stdout: { write: () => {}, isTerminal: false },
  stderr: { write: () => {}, isTerminal: false },
  readStdin: async () => "",
  now: () => NOW,
  signal: new AbortController().signal,
  serve: async () => undefined,
  demo: async () => undefined,
  compose: {
    load: async () => project(),
    render: async () => "",
    renderModel: async () => ({ text: "", warnings: [] }),
    variables: async () => ({ text: "", warnings: [] }),
    environment: async () => [],
    plan: async () => ({ project: "shop", operations: [] }),
    up: async () => [],
    down: async () => ({ project: "shop", operations: [] }),
    ps: async () => [],
  },
  buildWorkerImage: async () => "sha256:0123",
  doctor: {
    engine: async () => ({
      version: "28.5.2",
      apiVersion: "1.51",
      name: "host",
      containers: 0,
      operatingSystem: "Debian",
      dockerRootDir: "/var/lib/docker",
    }),
    hasImage: async () => true,
    openStore: async () => undefined,
  },
};

/** Runs one command line and keeps what it printed; `changes` puts other tools in place of the harmless ones. */
export async function run(argv: readonly string[], changes: Partial<Tools> = {}, terminal = false): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  const code = await runCli(argv, {
    ...TOOLS,
    stdout: { write: (text) => (stdout += text), isTerminal: terminal, columns: 100 },
    stderr: { write: (text) => (stderr += text), isTerminal: terminal, columns: 100 },
    ...changes,
  });
  return { code, stdout, stderr };
}

/** A `serve` or `demo` that remembers what it was started with. */
export function remembering() {
  const configs: Config[] = [];
  const start = async (config: Config): Promise<void> => {
    configs.push(config);
  };
  return { configs, start };
}
