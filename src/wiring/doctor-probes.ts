import type { DoctorProbes } from "../cli/tools.ts";

/** What `doctor` asks of the Engine and the store. */
export const doctorProbes: DoctorProbes = {
  async engine({ dockerHost }, signal) {
    const { connectEngine } = await import("../docker/docker-engine.ts");
    return await connectEngine({ dockerHost }).info(signal);
  },
  async hasImage({ dockerHost }, image, signal) {
    const { connectEngine } = await import("../docker/docker-engine.ts");
    const observed = await connectEngine({ dockerHost }).observe(
      { project: "tallyman-doctor", images: [image], networks: [], volumes: [] },
      signal,
    );
    return observed.images[image] != null;
  },
  async openStore({ root }) {
    const { openStore } = await import("../store/store.ts");
    await (await openStore({ root })).close();
  },
};
