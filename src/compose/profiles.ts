import { entry, type Mapping, section, showScalar, textOf, toList } from "./tree.ts";

/** The services that run, and the names of those that a profile keeps out. */
export interface Selection {
  readonly services: Mapping;
  readonly disabled: readonly string[];
}

/** A service without profiles always runs; `*` enables all. Source: Compose Specification, "Profiles". */
export function selectServices(services: Mapping, profiles: readonly string[]): Selection {
  const active = (name: string) => {
    const own = toList(entry(services[name], "profiles"));
    return own.length === 0 || profiles.includes("*") || own.some((profile) => profiles.includes(showScalar(profile)));
  };
  const names = Object.keys(services);
  return {
    services: Object.fromEntries(names.filter(active).map((name) => [name, services[name] ?? null])),
    disabled: names.filter((name) => !active(name)),
  };
}

/** The model without networks, volumes, configs, secrets and models that no service uses. */
export function withoutUnused(model: Mapping): Mapping {
  const services = Object.values(section(model, "services"));
  const used = {
    networks: services.flatMap((service) => Object.keys(section(service, "networks"))),
    volumes: services.flatMap((service) => volumeKeys(service)),
    models: services.flatMap((service) => Object.keys(section(service, "models"))),
    configs: services.flatMap((service) => sources(service, "configs")),
    secrets: services.flatMap((service) => [
      ...sources(service, "secrets"),
      ...sources(entry(service, "build"), "secrets"),
    ]),
  };
  const kept = Object.entries(used).map(([kind, keys]) => [kind, pick(section(model, kind), new Set(keys))]);
  return { ...model, ...Object.fromEntries(kept) };
}

function volumeKeys(service: Parameters<typeof entry>[0]): readonly string[] {
  return toList(entry(service, "volumes")).flatMap((mount) =>
    entry(mount, "type") === "volume" ? (textOf(entry(mount, "source")) ?? []) : [],
  );
}

function sources(holder: Parameters<typeof entry>[0], key: string): readonly string[] {
  return toList(entry(holder, key)).flatMap((reference) => textOf(entry(reference, "source")) ?? []);
}

function pick(mapping: Mapping, keys: ReadonlySet<string>): Mapping {
  return Object.fromEntries(Object.entries(mapping).filter(([key]) => keys.has(key)));
}
