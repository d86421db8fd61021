import type { Warn } from "./casts.ts";
import { ComposeFault } from "./compose-fault.ts";
import { listToMapping, startedDependency } from "./merge.ts";
import { pathTable } from "./path-pattern.ts";
import { parsePorts } from "./port-syntax.ts";
import { entry, goType, isList, isMapping, mapEntries, type Path, showScalar, type Value, withEntry } from "./tree.ts";
import { parseVolume } from "./volume-syntax.ts";

type Rewrite = (value: Value, path: Path, given: Given) => Value;

interface Given {
  readonly warn: Warn;
  /** How many ports the ranges stood for so far. */
  readonly ports: { count: number };
}

/** More than any range that a person forwards; each is a mapping of its own from here on. */
const MOST_PORTS = 20_000;

/** Writes every short form in its long one. Source: Compose Specification, the short syntaxes; compose-go transform. */
export function canonical(value: Value, warn: Warn = () => undefined): Value {
  return rewriteTree(value, [], longForm, { warn, ports: { count: 0 } });
}

/** The same for a model whose variables still stand in it: a short form that cannot be read with them stays as it is. */
export function canonicalWithVariables(value: Value, warn: Warn): Value {
  const given = { warn, ports: { count: 0 } };
  const lenient = (path: Path): Rewrite | undefined => {
    const rewrite = longForm(path);
    return rewrite && ((form) => orItself(form, () => rewrite(form, path, given)));
  };
  return rewriteTree(value, [], lenient, given);
}

function orItself(value: Value, rewrite: () => Value): Value {
  try {
    return rewrite();
  } catch (thrown) {
    if (thrown instanceof ComposeFault) return value;
    throw thrown;
  }
}

/** Fills in what Docker Compose assumes when nothing is said. Source: compose-go transform.SetDefaultValues. */
export function withDefaults(value: Value): Value {
  return rewriteTree(value, [], defaultOf, { warn: () => undefined, ports: { count: 0 } });
}

function rewriteTree(value: Value, path: Path, rules: (path: Path) => Rewrite | undefined, given: Given): Value {
  const rewritten = rules(path)?.(value, path, given) ?? value;
  if (isMapping(rewritten))
    return mapEntries(rewritten, (child, key) => rewriteTree(child, [...path, key], rules, given));
  if (!isList(rewritten)) return rewritten;
  return rewritten.map((item, index) => rewriteTree(item, [...path, String(index)], rules, given));
}

/** A text as a mapping with that text under one key. */
function under(key: string): Rewrite {
  return (value) => (typeof value === "string" ? { [key]: value } : value);
}

const textToList: Rewrite = (value) => (typeof value === "string" ? [value] : value);

const envFiles: Rewrite = (value) => {
  const list = isList(value) ? value : [value];
  return list.map((file) => {
    if (isMapping(file)) return Object.hasOwn(file, "required") ? file : { ...file, required: true };
    return { path: file, required: true };
  });
};

const ports: Rewrite = (value, path, given) => {
  if (!isList(value)) return value;
  return value.flatMap((port, index): readonly Value[] => {
    if (isMapping(port)) return [port];
    const at = [...path, String(index)];
    if (typeof port !== "string" && !Number.isInteger(port))
      throw new ComposeFault(
        `${path.join(".")}: invalid type ${goType(port)} for port`,
        at,
        'Write it like "8080:80".',
      );
    const long = parsePorts(showScalar(port), at);
    given.ports.count += long.length;
    if (given.ports.count <= MOST_PORTS) return long;
    throw new ComposeFault(`more than ${MOST_PORTS} ports`, at, "Publish fewer ports, or use network_mode: host.");
  });
};

const volume: Rewrite = (value, path) => (typeof value === "string" ? parseVolume(value, path) : value);

const device: Rewrite = (value, path) => {
  if (typeof value !== "string") return value;
  const [source = "", target = source, permissions = "rwm", ...more] = value.split(":");
  if (more.length > 0)
    throw new ComposeFault(
      `confusing device mapping, please use long syntax: ${value}`,
      path,
      "Use source, target and permissions.",
    );
  return { source, target, permissions };
};

const ssh: Rewrite = (value, path) => {
  if (!isList(value)) return value;
  const pairs = value.map((item): [string, Value] => {
    const [id = "", ...rest] = showScalar(item).split("=");
    if (rest.length === 0 && id !== "default")
      throw new ComposeFault(`invalid ssh key "${id}"`, path, "Write it as id=path.");
    return [id, rest.length === 0 ? null : rest.join("=")];
  });
  return Object.fromEntries(pairs);
};

const keyValues: Rewrite = (value, path) => {
  if (!isList(value)) return value;
  return Object.fromEntries(
    value.map((item) => {
      const [key = "", ...rest] = showScalar(item).split("=");
      if (rest.length > 0) return [key, rest.join("=")];
      throw new ComposeFault(
        `${path.join(".")}: invalid value ${key}, expected key=value`,
        path,
        "Write it as key=value.",
      );
    }),
  );
};

/** `external: { name: n }` is the old way to write `external: true` and `name: n`. */
const external: Rewrite = (value, path, { warn }) => {
  const given = entry(value, "external");
  if (!isMapping(value) || !isMapping(given)) return value;
  if (Object.hasOwn(given, "name"))
    warn(`${path.join(".")}: external.name is deprecated. Please set name and external: true`);
  const [own, other] = [entry(value, "name"), entry(given, "name")];
  if (own !== undefined && other !== undefined && own !== other)
    throw new ComposeFault(
      `${path.join(".")}: name and external.name conflict; only use name`,
      path,
      "Remove external.name.",
    );
  return withEntry({ ...value, external: true }, "name", own ?? other);
};

const textValue: Rewrite = (value) => (typeof value === "boolean" ? String(value) : value);

const longForm = pathTable<Rewrite>({
  "services.*.build": under("context"),
  "services.*.build.additional_contexts": keyValues,
  "services.*.build.provenance": textValue,
  "services.*.build.sbom": textValue,
  "services.*.build.secrets.*": under("source"),
  "services.*.build.ssh": ssh,
  "services.*.configs.*": under("source"),
  "services.*.depends_on": (value) => withRequired(listToMapping(value, startedDependency)),
  "services.*.devices.*": device,
  "services.*.dns": textToList,
  "services.*.dns_search": textToList,
  "services.*.env_file": envFiles,
  "services.*.extends": under("service"),
  "services.*.gpus": (value) => (typeof value === "string" ? [{ count: "all" }] : value),
  "services.*.label_file": textToList,
  "services.*.models": (value) => listToMapping(value, () => null),
  "services.*.networks": (value) => listToMapping(value, () => null),
  "services.*.ports": ports,
  "services.*.secrets.*": under("source"),
  "services.*.tmpfs": textToList,
  "services.*.volumes.*": volume,
  "configs.*": external,
  "networks.*": external,
  "secrets.*": external,
  "volumes.*": external,
});

function withRequired(dependencies: Value): Value {
  if (!isMapping(dependencies)) return dependencies;
  return mapEntries(dependencies, (value) =>
    isMapping(value) && !Object.hasOwn(value, "required") ? { ...value, required: true } : value,
  );
}

function missing(key: string, value: Value): Rewrite {
  return (mapping) => (isMapping(mapping) && !Object.hasOwn(mapping, key) ? { ...mapping, [key]: value } : mapping);
}

const deviceCount: Rewrite = (value) => {
  if (!isMapping(value) || Object.hasOwn(value, "count") || Object.hasOwn(value, "device_ids")) return value;
  return { ...value, count: "all" };
};

const secretTarget: Rewrite = (value) => {
  const source = entry(value, "source");
  if (!isMapping(value) || Object.hasOwn(value, "target") || typeof source !== "string") return value;
  return { ...value, target: `/run/secrets/${source}` };
};

const portDefaults: Rewrite = (value, path, given) =>
  missing("protocol", "tcp")(missing("mode", "ingress")(value, path, given), path, given);

const defaultOf = pathTable<Rewrite>({
  "services.*.build": missing("context", "."),
  "services.*.deploy.resources.reservations.devices.*": deviceCount,
  "services.*.gpus.*": deviceCount,
  "services.*.ports.*": portDefaults,
  "services.*.secrets.*": secretTarget,
});
