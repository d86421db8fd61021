import { dockerConfigFolder, thisHost } from "../config.ts";
import type { Clock } from "../reconcile/clock.ts";
import type { RegistryLoginBook } from "../registry-login.ts";
import { build as built } from "../version.ts";

/** What this process is and was started with. */
export const host = thisHost();
export const build = { ...built, bun: Bun.version, target: `${process.platform}-${process.arch}` };

/** The machine's own time, for the flow, which never asks for it itself. */
export const clock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  sleep(milliseconds, signal) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, signal.aborted ? 0 : milliseconds);
    signal.addEventListener("abort", end);
    return promise;
  },
};

/** What talks to registries gets the logins that Tallyman was given, else those of `docker login`. */
export async function engineEdge(dockerHost: string, given?: RegistryLoginBook) {
  const { dockerLogins, givenLogins } = await import("../docker/registry-auth.ts");
  const onDisk = dockerLogins({ folder: dockerConfigFolder(host), environment: host.environment });
  return { dockerHost, registryAuth: given ? givenLogins(given, onDisk) : onDisk };
}
