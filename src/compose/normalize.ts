import { keyValues } from "./bind.ts";
import type { Lookup } from "./interpolate.ts";
import { cleanPath } from "./posix-path.ts";
import {
  entry,
  isList,
  isMapping,
  items,
  type Mapping,
  mapEntries,
  mapServices,
  section,
  showScalar,
  textOf,
  type Value,
  withEntry,
} from "./tree.ts";

/** Says what Docker Compose takes for granted: the default network, implied dependencies, names. Source: compose-go Normalize. */
export function normalize(model: Mapping, projectName: string, lookup: Lookup): Mapping {
  const connected = mapServices(model, withNetworks);
  const services = mapServices(connected, (service) =>
    withDependencies(withBuild(withCleanTargets(withPullPolicy(service)), lookup)),
  );
  return withNames(withDefaultNetwork(services), projectName);
}

function withNetworks(service: Mapping): Mapping {
  if (Object.hasOwn(service, "network_mode") || Object.hasOwn(service, "provider")) return service;
  return Object.keys(section(service, "networks")).length > 0 ? service : { ...service, networks: { default: null } };
}

function withDefaultNetwork(model: Mapping): Mapping {
  const used = Object.values(section(model, "services")).some((service) =>
    Object.hasOwn(section(service, "networks"), "default"),
  );
  const networks = section(model, "networks");
  return used && !Object.hasOwn(networks, "default") ? { ...model, networks: { ...networks, default: null } } : model;
}

function withPullPolicy(service: Mapping): Mapping {
  return entry(service, "pull_policy") === "if_not_present" ? { ...service, pull_policy: "missing" } : service;
}

function withCleanTargets(service: Mapping): Mapping {
  const volumes = entry(service, "volumes");
  if (!isList(volumes)) return service;
  const clean = volumes.map((mount) => {
    const target = entry(mount, "target");
    return isMapping(mount) && typeof target === "string" ? { ...mount, target: cleanPath(target) } : mount;
  });
  return { ...service, volumes: clean };
}

function withBuild(service: Mapping, lookup: Lookup): Mapping {
  const build = entry(service, "build");
  if (!isMapping(build)) return service;
  const named = Object.hasOwn(build, "dockerfile") || Object.hasOwn(build, "dockerfile_inline");
  const given = entry(build, "args");
  return {
    ...service,
    build: {
      ...build,
      ...(named ? {} : { dockerfile: "Dockerfile" }),
      ...(given === undefined ? {} : { args: knownArguments(given, lookup) }),
    },
  };
}

/** Arguments without a value take it from the environment or vanish; a list stays a list. */
function knownArguments(given: Value, lookup: Lookup): Value {
  const resolved = Object.entries(keyValues(given, null)).map(([name, value]): [string, Value | undefined] => [
    name,
    value ?? lookup(name),
  ]);
  const known = resolved.flatMap(([name, value]): readonly [string, Value][] =>
    value === undefined ? [] : [[name, value]],
  );
  return isList(given) ? known.map(([name, value]) => `${name}=${showScalar(value)}`) : Object.fromEntries(known);
}

function withDependencies(service: Mapping): Mapping {
  const implied = [...linked(service), ...namespaces(service), ...volumeSources(service)];
  const declared = section(service, "depends_on");
  const added = implied.filter(([serviceName]) => !Object.hasOwn(declared, serviceName)).reverse();
  const all = { ...Object.fromEntries(added), ...declared };
  return Object.keys(all).length === 0 ? service : { ...service, depends_on: all };
}

type Implied = readonly (readonly [string, Value])[];

const started = (restart: boolean): Value => ({ condition: "service_started", restart, required: true });

function linked(service: Mapping): Implied {
  return items(service, "links").map((link) => {
    const parts = showScalar(link).split(":");
    return [parts.length === 2 ? (parts[0] ?? "") : showScalar(link), started(true)];
  });
}

function namespaces(service: Mapping): Implied {
  return ["network_mode", "ipc", "pid", "uts", "cgroup"].flatMap((key) => {
    const mode = textOf(entry(service, key));
    return mode?.startsWith("service:") ? [[mode.slice("service:".length), started(true)] as const] : [];
  });
}

function volumeSources(service: Mapping): Implied {
  return items(service, "volumes_from")
    .map(showScalar)
    .filter((source) => !source.startsWith("container:"))
    .map((source) => [source.split(":")[0] ?? "", started(false)]);
}

/** A resource is named by its project and key, an external one by its key alone. */
function withNames(model: Mapping, projectName: string): Mapping {
  return ["networks", "volumes", "configs", "secrets"].reduce((named, kind) => {
    const resources = entry(named, kind);
    if (!isMapping(resources)) return named;
    return withEntry(
      named,
      kind,
      mapEntries(resources, (resource, key) => withName(resource, key, projectName)),
    );
  }, model);
}

function withName(resource: Value, key: string, projectName: string): Value {
  const given = isMapping(resource) ? resource : {};
  if ((entry(given, "name") ?? null) !== null) return given;
  return { ...given, name: entry(given, "external") === true ? key : `${projectName}_${key}` };
}
