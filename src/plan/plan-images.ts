import { TALLYMAN_LABEL } from "../label.ts";
import type { ObservedImage, ObservedState } from "../observed-state.ts";
import type { Operation } from "../plan.ts";
import { contextServices, imageOf, type Project, type Service } from "../project.ts";
import { durationMs } from "../quantity.ts";
import type { ImagePins } from "./divergence.ts";
import { imageMakers } from "./image-makers.ts";
import type { PlanBuilder } from "./plan-builder.ts";

/** When an image that is here is built again. */
export interface Builds {
  /** Service → digest of what its build would be sent now; a service that is missing is only built while its image is. */
  readonly contexts: Readonly<Record<string, string>>;
  /** `--build`: even when nothing says that it changed. */
  readonly force: boolean;
  /** As Docker Compose: an absent image that the file also names may come from its registry instead. */
  readonly pullFirst: boolean;
}

export interface ImagePlanOptions {
  readonly pins: ImagePins;
  /** The pass may look for newer images: a new commit, an operator's deploy; never a routine poll. */
  readonly refresh: boolean;
  /** Milliseconds since the epoch, for `pull_policy: daily` and its like; absent: their time has always come. */
  readonly now?: number;
  readonly builds: Builds;
}

interface Subject extends ImagePlanOptions {
  readonly image: string;
  readonly service: Service;
  readonly observed: ObservedState;
}

/** Images that must be here before anything stops, but for pinned ones. Source: Compose Specification, `pull_policy`. */
export function planImages(
  project: Project,
  observed: ObservedState,
  options: ImagePlanOptions,
  builder: PlanBuilder,
): readonly number[] {
  const added = new Map<string, number>();
  for (const [image, serviceName] of imageMakers(project)) {
    const service = project.services[serviceName];
    if (!service || options.pins[image] !== undefined) continue;
    const subject = { ...options, image, service, observed };
    const cause = service.build ? buildCause(subject, serviceName) : pullCause(subject);
    if (cause === null) continue;
    const operation: Operation = service.build
      ? { kind: "build-image", image, serviceName, pullFirst: options.builds.pullFirst && mayPull(service) }
      : { kind: "pull-image", image, platform: service.platform ?? null };
    const after = contextServices(service.build).flatMap((name) => added.get(imageOf(project, name)) ?? []);
    added.set(image, builder.add(operation, `${cause}${whatFollows(project, observed, image)}`, after));
  }
  return [...added.values()];
}

/** What only shows once the image is here: said, as it cannot be planned. */
function whatFollows(project: Project, observed: ObservedState, image: string): string {
  const users = Object.keys(project.services).filter(
    (serviceName) =>
      imageOf(project, serviceName) === image &&
      observed.containers.some((container) => container.serviceName === serviceName && !container.oneOff),
  );
  return users.length === 0 ? "" : `; if that gives another image, made anew: ${users.join(", ")}`;
}

function buildCause(subject: Subject, serviceName: string): string | null {
  const { image, service, observed, refresh, builds } = subject;
  const context = builds.contexts[serviceName];
  if (!isPresent(subject)) return "image is not here";
  if (builds.force && refresh) return "a build was asked for";
  if (service.pull_policy === "build" && refresh) return "pull_policy is build";
  // Stand-alone, as Docker Compose, only an absent image is built unasked.
  if (context !== undefined && service.build?.pull && refresh) return "build.pull looks for a newer base image";
  const builtFrom = observed.images[image]?.labels[TALLYMAN_LABEL.context];
  if (context === undefined || builtFrom === context) return null;
  return builtFrom === undefined ? "nothing tells what the image was built from" : "what it is built from changed";
}

function pullCause(subject: Subject): string | null {
  const policy = subject.service.pull_policy ?? "missing";
  if (policy === "never") return null;
  if (!isPresent(subject)) return "image is not here";
  return subject.refresh && mayBeOld(subject, policy) ? `pull_policy is ${policy}` : null;
}

const PERIODS: Readonly<Record<string, string>> = { always: "0", daily: "24h", weekly: "7d" };

/** Whether the policy's time has come since the tag was last set here. Source: docker/compose `mustPull`. */
function mayBeOld({ image, observed, now = Number.POSITIVE_INFINITY }: Subject, policy: string): boolean {
  const period = PERIODS[policy] ?? (policy.startsWith("every_") ? policy.slice("every_".length) : undefined);
  if (period === undefined) return false;
  const taggedAt = observed.images[image]?.taggedAt;
  return taggedAt === undefined || now >= Date.parse(taggedAt) + durationMs(period);
}

function mayPull({ image, pull_policy }: Service): boolean {
  return image !== undefined && pull_policy !== "never" && pull_policy !== "build";
}

/** One of another platform is as good as none. */
function isPresent({ image, service, observed }: Subject): boolean {
  const found = observed.images[image];
  return found != null && isForPlatform(found, service.platform);
}

/** As far as both say: `linux/arm64/v8` of `linux` and `arm64`. */
function isForPlatform({ os, architecture }: ObservedImage, platform: string | undefined): boolean {
  const [wantedOs = os, wantedArchitecture = architecture] = platform?.split("/") ?? [];
  return !platform?.includes("/") || (wantedOs === os && wantedArchitecture === architecture);
}
