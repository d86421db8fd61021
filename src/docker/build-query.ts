import { COMPOSE_LABEL, EMULATED_COMPOSE_VERSION, TALLYMAN_LABEL } from "../label.ts";
import type { Build, Project, Service } from "../project.ts";
import { referenceOf } from "./build-attributes.ts";
import { given } from "./given.ts";

export type BuildQuery = Readonly<Record<string, string | number | readonly string[]>>;

/**
 * What a service's build asks of `POST /build`, but for the labels that hold no meaning of their own. Source: compose.md §3.7.
 */
export function buildQuery(image: string, service: Service, build: Build, dockerfile: string): BuildQuery {
  const platform = build.platforms?.[0] ?? service.platform;
  return {
    // BuildKit; the classic builder knows no `RUN --mount`.
    version: "2",
    t: imageTags(image, build),
    ...(isRemote(build.context) ? { remote: build.context } : {}),
    dockerfile,
    buildargs: JSON.stringify(argumentsOf(build)),
    ...given("target", build.target),
    ...(build.cache_from ? { cachefrom: JSON.stringify(build.cache_from.map(referenceOf)) } : {}),
    ...(build.no_cache ? { nocache: "1" } : {}),
    ...given("networkmode", build.network),
    ...(build.extra_hosts ? { extrahosts: build.extra_hosts.map(hostEntry) } : {}),
    ...given("shmsize", build.shm_size),
    ...(build.ulimits ? { ulimits: JSON.stringify(ulimitsOf(build.ulimits)) } : {}),
    ...given("platform", platform),
  };
}

/** `cache_to: type=inline` is asked for by an argument, which no Dockerfile sees. Source: moby, builder-next. */
function argumentsOf(build: Build): Readonly<Record<string, string | null>> {
  return { ...build.args, ...(writesInlineCache(build) ? { BUILDKIT_INLINE_CACHE: "1" } : {}) };
}

export function writesInlineCache({ cache_to = [] }: Build): boolean {
  return cache_to.includes("type=inline");
}

/** Every name of the image, each once. */
export function imageTags(image: string, { tags = [] }: Build): readonly string[] {
  return [...new Set([image, ...tags])];
}

/**
 * The image's labels: the file's own, then Compose's, then the digest. None says which stack it belongs to, for whatever runs from an
 * image has its labels.
 */
export function imageLabels(project: Project, serviceName: string, digest: string): Readonly<Record<string, string>> {
  return {
    ...project.services[serviceName]?.build?.labels,
    [COMPOSE_LABEL.project]: project.name,
    [COMPOSE_LABEL.service]: serviceName,
    [COMPOSE_LABEL.version]: EMULATED_COMPOSE_VERSION,
    [TALLYMAN_LABEL.context]: digest,
  };
}

/** A context that the Engine fetches by itself. Source: compose-go, paths of remote contexts. */
export function isRemote(context: string): boolean {
  return /:\/\/|^(git@|github\.com\/)/.test(context);
}

/** The Engine wants `host:ip`. */
function hostEntry(entry: string): string {
  return entry.replace("=", ":");
}

function ulimitsOf(ulimits: NonNullable<Build["ulimits"]>): readonly object[] {
  return Object.entries(ulimits).map(([Name, limit]) =>
    typeof limit === "number" ? { Name, Soft: limit, Hard: limit } : { Name, Soft: limit.soft, Hard: limit.hard },
  );
}
