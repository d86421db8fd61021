import { ComposeFault } from "./compose-fault.ts";
import { pathTable } from "./path-pattern.ts";
import {
  byBytes,
  entry,
  isList,
  isMapping,
  type Mapping,
  type Path,
  sameValue,
  showScalar,
  toList,
  type Value,
} from "./tree.ts";

type Merge = (base: Value, override: Value, path: Path) => Value;

/**
 * Lays an override over a base: mappings deeply, lists appended, scalars replaced, null keeps the base, and the special
 * rules of the Compose Specification ("Merge and override") at their paths.
 */
export function mergeValues(base: Value, override: Value, path: Path): Value {
  const special = specialMerge(path);
  if (special) return special(base, override, path);
  if (override === null) return base;
  if (isMapping(base)) {
    if (!isMapping(override)) throw cannotOverride(path);
    return mergeMappings(base, override, path);
  }
  if (!isList(base)) return override;
  if (!isList(override)) throw cannotOverride(path);
  return [...base, ...override];
}

/** As `mergeValues`, for two mappings; a key of only one side is taken as it is. */
export function mergeMappings(base: Mapping, override: Mapping, path: Path): Mapping {
  const merged = Object.entries(override).map(([key, value]): [string, Value] => {
    const own = entry(base, key);
    return [key, own === undefined ? value : mergeValues(own, value, [...path, key])];
  });
  return { ...base, ...Object.fromEntries(merged) };
}

function cannotOverride(path: Path): ComposeFault {
  return new ComposeFault(`cannot override ${path.join(".")}`, path, "Write it in the same form in both files.");
}

const replace: Merge = (_base, override) => override;
const append: Merge = (base, override) => [...sequence(base), ...sequence(override)];

const appendHosts: Merge = (base, override) => {
  const hosts = sequence(base);
  return [...hosts, ...sequence(override).filter((host) => !hosts.some((known) => sameValue(known, host)))];
};

/** `{ b: 1, a: [2, 3], c: null }` as `["a=2", "a=3", "b=1", "c"]`. */
function sequence(value: Value): readonly Value[] {
  if (!isMapping(value)) return toList(value);
  return Object.keys(value)
    .sort(byBytes)
    .flatMap((key) => {
      const given = value[key] ?? null;
      return given === null ? [key] : toList(given).map((one) => `${key}=${showScalar(one)}`);
    });
}

/** Merges mappings after turning the short form of either side into one. */
function converting(convert: (value: Value) => Value): Merge {
  return (base, override, path) => {
    const [own, other] = [convert(base), convert(override)];
    if (!isMapping(own)) return other ?? own;
    return isMapping(other) ? mergeMappings(own, other, path) : own;
  };
}

const mergeLogging: Merge = (base, override, path) => {
  if (!isMapping(base) || !isMapping(override)) return override ?? base;
  const [own, other] = [entry(base, "driver"), entry(override, "driver")];
  return own === undefined || other === undefined || own === other ? mergeMappings(base, override, path) : override;
};

/** Pools with the same subnet are merged. As in Docker Compose, an override without any of the base's subnets replaces them. */
const mergePools: Merge = (base, override, path) => {
  if (!isList(base) || !isList(override)) return override ?? base;
  const pools: Mapping[] = [];
  for (const [known, pool] of base.flatMap((one) =>
    override.map((other) => [asMapping(one), asMapping(other)] as const),
  ))
    addPool(pools, known, pool, path);
  return pools;
};

function addPool(pools: Mapping[], known: Mapping, pool: Mapping, path: Path): void {
  const indexOf = (subnet: Value | undefined) => pools.findIndex((one) => entry(one, "subnet") === subnet);
  const subnet = entry(pool, "subnet");
  if (subnet !== entry(known, "subnet") && indexOf(subnet) < 0) {
    pools.push(pool);
    return;
  }
  const merged = mergeMappings(known, pool, path);
  const place = indexOf(entry(merged, "subnet"));
  if (place < 0) pools.push(merged);
  else pools[place] = merged;
}

function asMapping(value: Value): Mapping {
  return isMapping(value) ? value : {};
}

/** `[a, b]` as a mapping whose values say the same in long form. */
export function listToMapping(value: Value, long: () => Value): Value {
  return isList(value) ? Object.fromEntries(value.map((name) => [showScalar(name), long()])) : value;
}

export const startedDependency = (): Mapping => ({ condition: "service_started", required: true });

const specialMerge = pathTable<Merge>({
  "networks.*.ipam.config": mergePools,
  "networks.*.labels": append,
  "volumes.*.labels": append,
  "services.*.annotations": append,
  "services.*.build": converting((value) => (typeof value === "string" ? { context: value } : value)),
  "services.*.build.additional_contexts": append,
  "services.*.build.args": append,
  "services.*.build.extra_hosts": appendHosts,
  "services.*.build.labels": append,
  "services.*.command": replace,
  "services.*.depends_on": converting((value) => listToMapping(value, startedDependency)),
  "services.*.deploy.labels": append,
  "services.*.dns": append,
  "services.*.dns_opt": append,
  "services.*.dns_search": append,
  "services.*.entrypoint": replace,
  "services.*.env_file": append,
  "services.*.environment": append,
  "services.*.extra_hosts": appendHosts,
  "services.*.healthcheck.test": replace,
  "services.*.label_file": append,
  "services.*.labels": append,
  "services.*.logging": mergeLogging,
  "services.*.models": converting((value) => listToMapping(value, () => null)),
  "services.*.networks": converting((value) => listToMapping(value, () => null)),
  "services.*.sysctls": append,
  "services.*.tmpfs": append,
  "services.*.ulimits.*": replace,
  "services.*.volumes.*.volume.labels": append,
});
