import type { Tools } from "../cli/tools.ts";
import { composeTools } from "./compose-tools.ts";
import { doctorProbes } from "./doctor-probes.ts";
import { outputTo } from "./output.ts";
import { build, clock, host } from "./this-process.ts";

/** Aborts at the first SIGINT or SIGTERM; a second one is the system's own way. */
function endOfProcess(): AbortSignal {
  const end = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => end.abort());
  return end.signal;
}

/** Everything the command line needs. Each folder is imported when a command needs it, so that the others start at once. */
export const tools: Tools = {
  host,
  build,
  stdout: outputTo(1, () => process.stdout),
  stderr: outputTo(2, () => process.stderr),
  readStdin: () => Bun.stdin.text(),
  now: clock.now,
  signal: endOfProcess(),
  serve: async (config, signal) => (await import("./serve.ts")).serve(config, signal),
  demo: async (config, signal) => (await import("./demo.ts")).demo(config, signal),
  compose: composeTools,
  async buildWorkerImage(config, image, signal) {
    const [{ createEngineClient }, { buildWorkerImage }] = await Promise.all([
      import("../docker/engine-client.ts"),
      import("../docker/host-image.ts"),
    ]);
    return (await buildWorkerImage(createEngineClient(config), { tag: image }, signal)).id;
  },
  doctor: doctorProbes,
};
