import type { Config } from "../config.ts";
import { doctorProbes } from "./doctor-probes.ts";
import { serve } from "./serve.ts";
import { clock, host } from "./this-process.ts";

/** `serve` with a sample repository as the first stack; every image comes from this host's own programs. */
export async function demo(config: Config, signal: AbortSignal): Promise<void> {
  const [{ startDemo }, { demoBanner }, { createEngineClient }, { buildSampleImage, buildWorkerImage }] =
    await Promise.all([
      import("../demo/demo.ts"),
      import("../demo/demo-banner.ts"),
      import("../docker/engine-client.ts"),
      import("../docker/host-image.ts"),
    ]);
  const client = createEngineClient(config);
  await serve(config, signal, async (store) => {
    await ensureImage(config, config.workerImage, signal, () =>
      buildWorkerImage(client, { tag: config.workerImage }, signal),
    );
    const sample = await startDemo(
      {
        directory: `${config.root}/demo`,
        searchPath: host.environment["PATH"] ?? "",
        now: clock.now,
        ensureSampleImage: (image, within) =>
          ensureImage(config, image, within, () => buildSampleImage(client, { tag: image }, within)),
      },
      signal,
    );
    if (!(await store.stacks.get(sample.stack.name))) await store.stacks.add(sample.stack);
    return {
      announce: (addresses) => process.stdout.write(demoBanner(sample, { root: config.root, ...addresses })),
      stop: sample.stop,
    };
  });
}

async function ensureImage(
  config: Config,
  image: string,
  signal: AbortSignal,
  make: () => Promise<unknown>,
): Promise<void> {
  if (!(await doctorProbes.hasImage(config, image, signal))) await make();
}
