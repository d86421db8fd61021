import type { Tools } from "./cli/tools.ts";
import { environmentWithoutCompilers } from "./config.ts";
import { composeTools } from "./wiring/compose-tools.ts";
import { doctorProbes } from "./wiring/doctor-probes.ts";
import { outputTo } from "./wiring/output.ts";
import { build, clock, host } from "./wiring/this-process.ts";

// argv → command. main.ts and wiring/ are the only places that know every folder; each folder is imported when a command needs it,
// so that the others start at once.

// As of Node.js 23.11 and Bun 1.3, not yet in the types that come with Bun.
declare global {
  namespace NodeJS {
    interface Process {
      execve(file: string, argv: readonly string[], environment: Readonly<Record<string, string | undefined>>): never;
    }
  }
}

// A daemon that mostly waits gains nothing from compiled JavaScript, which takes 20 MB and memory that is both writable and executable.
// The same process goes on as the same program, before anything is loaded or opened.
const environment = Bun.isStandaloneExecutable && process.argv.some(lasts) ? environmentWithoutCompilers() : null;
if (environment) process.execve(process.execPath, [process.argv0, ...process.argv.slice(2)], environment);

function lasts(word: string): boolean {
  return word === "serve" || word === "demo";
}

/** Aborts at the first SIGINT or SIGTERM; a second one is the system's own way. */
function endOfProcess(): AbortSignal {
  const end = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => end.abort());
  return end.signal;
}

const tools: Tools = {
  host,
  build,
  stdout: outputTo(1, () => process.stdout),
  stderr: outputTo(2, () => process.stderr),
  readStdin: () => Bun.stdin.text(),
  now: clock.now,
  signal: endOfProcess(),
  serve: async (config, signal) => (await import("./wiring/serve.ts")).serve(config, signal),
  demo: async (config, signal) => (await import("./wiring/demo.ts")).demo(config, signal),
  compose: composeTools,
  async buildWorkerImage(config, image, _onProgress, signal) {
    const [{ createEngineClient }, { buildWorkerImage }] = await Promise.all([
      import("./docker/engine-client.ts"),
      import("./docker/host-image.ts"),
    ]);
    return (await buildWorkerImage(createEngineClient(config), { tag: image }, signal)).id;
  },
  doctor: doctorProbes,
};

const { runCli } = await import("./cli/program.ts");
process.exitCode = await runCli(process.argv.slice(2), tools);
