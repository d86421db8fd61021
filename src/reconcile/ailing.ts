import { expectedReplicas, isOneShot, type Project } from "../project.ts";
import type { ServiceStatus } from "../stack.ts";

/** What is wrong, in words, and what to do about it. */
export interface Ailment {
  readonly reason: string;
  readonly hint: string;
}

/** A service that is missing or does not do its work, though nobody stopped it; null when all is well. Pure. */
export function ailing(services: readonly ServiceStatus[], project: Project | null): Ailment | null {
  const expected = Object.entries(project?.services ?? {}).filter(([, service]) => expectedReplicas(service) > 0);
  const missing = expected.find(([name]) => !services.some((service) => service.name === name));
  const say = (reason: string, hint = "Look at its log."): Ailment => ({ reason, hint });
  if (missing) return say(`${missing[0]} has no container`, "It is made again with the next look.");
  const short = expected.find(
    ([name, service]) =>
      (services.find((one) => one.name === name)?.containers.length ?? 0) < expectedReplicas(service),
  );
  if (short) return say(`${short[0]} has too few containers`, "They are made again with the next look.");
  const isJob = ({ name }: ServiceStatus): boolean => project?.services[name] !== undefined && isOneShot(project, name);
  const isIll = (service: ServiceStatus): boolean =>
    service.health === "unhealthy" ||
    BAD_STATES.has(service.state) ||
    // Whatever ended with code 0 says that its work is done; only the model says whether it was meant to end.
    (service.state === "completed" && project?.services[service.name] !== undefined && !isJob(service));
  const ill = services.find(isIll);
  if (!ill) return null;
  if (isJob(ill) && ill.state === "exited") return say(`the job ${ill.name} failed`);
  const state = ill.state === "completed" ? "exited" : ill.state;
  return say(`${ill.name} is ${ill.health === "unhealthy" ? "unhealthy" : state}`);
}

const BAD_STATES: ReadonlySet<string> = new Set(["exited", "dead", "restarting", "paused", "removing", "created"]);
