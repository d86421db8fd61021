import { TALLYMAN_LABEL } from "../label.ts";
import type { ObservedState } from "../observed-state.ts";
import type { Operation } from "../plan.ts";
import { expectedReplicas, imageOf, type Project, type Service } from "../project.ts";
import { type ImagePins, pinnedImage } from "./divergence.ts";
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

interface Subject {
  readonly image: string;
  readonly service: Service;
  readonly observed: ObservedState;
  readonly pins: ImagePins;
  readonly refresh: boolean;
}

/**
 * Images that must be here before anything stops. `refresh` is true when the pass may look for newer ones (a new commit, an
 * operator's deploy), never on a routine poll. Source: Compose Specification, `pull_policy`.
 */
export function planImages(
  project: Project,
  observed: ObservedState,
  pins: ImagePins,
  refresh: boolean,
  builds: Builds,
  builder: PlanBuilder,
): readonly number[] {
  return [...makers(project)].flatMap(([image, serviceName]) => {
    const service = project.services[serviceName];
    if (!service) return [];
    const subject = { image, service, observed, pins, refresh };
    const cause = service.build ? buildCause(subject, builds.contexts[serviceName], builds.force) : pullCause(subject);
    if (cause === null) return [];
    const operation: Operation = service.build
      ? { kind: "build-image", image, serviceName, pullFirst: builds.pullFirst && mayPull(service) }
      : { kind: "pull-image", image, platform: service.platform ?? null };
    return [builder.add(operation, cause)];
  });
}

/** Image → the service that says how to get it; of several, one that can build it. */
function makers(project: Project): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [serviceName, service] of Object.entries(project.services)) {
    const image = imageOf(project, serviceName);
    const other = project.services[found.get(image) ?? ""];
    if (expectedReplicas(service) > 0 && (!other || (service.build && !other.build))) found.set(image, serviceName);
  }
  return found;
}

function buildCause(subject: Subject, context: string | undefined, force: boolean): string | null {
  const { image, service, observed, refresh } = subject;
  if (!isPresent(subject)) return "image is not here";
  if (isPinned(subject)) return null;
  if (force && refresh) return "a build was asked for";
  if (service.pull_policy === "build" && refresh) return "pull_policy is build";
  const builtFrom = observed.images[image]?.labels[TALLYMAN_LABEL.context];
  if (context === undefined || builtFrom === context) return null;
  return builtFrom === undefined ? "nothing tells what the image was built from" : "what it is built from changed";
}

function pullCause(subject: Subject): string | null {
  const policy = subject.service.pull_policy ?? "missing";
  if (policy === "never") return null;
  if (!isPresent(subject)) return "image is not here";
  const looksForNewer = policy === "always" || policy === "daily" || policy === "weekly" || policy.startsWith("every_");
  return looksForNewer && subject.refresh && !isPinned(subject) ? `pull_policy is ${policy}` : null;
}

function mayPull({ image, pull_policy }: Service): boolean {
  return image !== undefined && pull_policy !== "never" && pull_policy !== "build";
}

function isPresent({ image, observed, pins }: Subject): boolean {
  return observed.images[pinnedImage(observed, image, pins) ?? image] != null || observed.images[image] != null;
}

function isPinned({ image, observed, pins }: Subject): boolean {
  return pinnedImage(observed, image, pins) !== null;
}
