import type { Build, Service } from "../project.ts";
import { given } from "./given.ts";

/**
 * What a service's build asks of the Dockerfile frontend, as the Engine makes it of `POST /build`'s query. Source: moby, builder-next;
 * moby/buildkit, frontend/dockerui.
 */
export function frontendAttributes(
  service: Service,
  build: Build,
  dockerfile: string,
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { args = {}, cache_from = [], extra_hosts = [], ulimits = {}, network } = build;
  return {
    filename: dockerfile,
    ...given("target", build.target),
    ...prefixed("build-arg:", args),
    ...prefixed("label:", labels),
    ...(build.no_cache ? { "no-cache": "" } : {}),
    "image-resolve-mode": "default",
    ...given("platform", build.platforms?.[0] ?? service.platform),
    ...(network === "host" || network === "none" ? { "force-network-mode": network } : {}),
    ...(extra_hosts.length > 0 ? { "add-hosts": extra_hosts.join(",") } : {}),
    ...given("shm-size", build.shm_size),
    ...(Object.keys(ulimits).length > 0 ? { ulimit: Object.entries(ulimits).map(limitOf).join(",") } : {}),
    ...(cache_from.length > 0 ? { "cache-from": cache_from.map(referenceOf).join(",") } : {}),
  };
}

/** `type=registry,ref=NAME` and `NAME` say the same. */
export function referenceOf(source: string): string {
  return /(?:^|,)ref=([^,]+)/.exec(source)?.[1] ?? source;
}

function prefixed(prefix: string, values: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> {
  const known = Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[prefix + name, value]]));
  return Object.fromEntries(known);
}

function limitOf([name, limit]: readonly [string, NonNullable<Build["ulimits"]>[string]]): string {
  return typeof limit === "number" ? `${name}=${limit}:${limit}` : `${name}=${limit.soft}:${limit.hard}`;
}
