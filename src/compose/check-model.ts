import { ComposeFault } from "./compose-fault.ts";
import { pathTable } from "./path-pattern.ts";
import { isAddress } from "./port-syntax.ts";
import { entry, isList, isMapping, type Mapping, type Path, type Value } from "./tree.ts";

type Check = (value: Value, path: Path) => void;

/** What the schema cannot say about one field at a time. Source: compose-go validation. */
export function checkModel(value: Value, path: Path = []): void {
  checkAt(path)?.(value, path);
  if (isMapping(value)) for (const [key, child] of Object.entries(value)) checkModel(child, [...path, key]);
  if (isList(value)) for (const [index, item] of value.entries()) checkModel(item, [...path, String(index)]);
}

/** The path as Docker Compose prints it: list items are `[]`. */
function shown(path: Path): string {
  return path.map((key, index) => (index > 2 && /^\d+$/.test(key) ? "[]" : key)).join(".");
}

function oneSource(sources: readonly string[]): Check {
  return (value, path) => {
    if (!isMapping(value)) return;
    const given = sources.filter((source) => Object.hasOwn(value, source));
    const said = `${path.join(".")}: `;
    const list = sources.join("|");
    if (given.length > 1)
      throw new ComposeFault(
        `${said}${list} attributes are mutually exclusive`,
        path,
        `Keep one of ${given.join(", ")}.`,
      );
    if (given.length === 0 && !Object.hasOwn(value, "driver") && !Object.hasOwn(value, "external"))
      throw new ComposeFault(`${said}one of ${list} must be set`, path, `Add one of ${sources.join(", ")}.`);
  };
}

const externalAlone: Check = (value, path) => {
  if (!isMapping(value) || entry(value, "external") !== true) return;
  const other = Object.keys(value).find((key) => key !== "name" && key !== "external" && !key.startsWith("x-"));
  if (other === undefined) return;
  const message = `${path.join(".")}: conflicting parameters "external" and "${other}" specified`;
  throw new ComposeFault(message, [...path, other], `An external volume is made elsewhere: remove "${other}".`);
};

const hostAddress: Check = (value, path) => {
  const address = entry(value, "host_ip");
  if (typeof address !== "string" || isAddress(address)) return;
  throw new ComposeFault(
    `${shown(path)}: invalid ip address: ${address}`,
    [...path, "host_ip"],
    "Write an IP address.",
  );
};

const deviceRequest: Check = (value, path) => {
  const [count, ids] = [entry(value, "count"), entry(value, "device_ids")];
  if (count === undefined || ids === undefined) return;
  const message = `${shown(path)}: "count" and "device_ids" attributes are exclusive`;
  throw new ComposeFault(message, path, "Keep one of the two.");
};

const bindSource: Check = (value, path) => {
  if (entry(value, "type") !== "bind" || entry(value, "source") !== undefined) return;
  const message = 'invalid mount config for type "bind": field Source must not be empty';
  throw new ComposeFault(message, path, "Add source: the host path to mount.");
};

const watchPath: Check = (value, path) => {
  if (value === "") throw new ComposeFault(`${shown(path)}: value can't be blank`, path, "Name the path to watch.");
};

const checkAt = pathTable<Check>({
  "configs.*": oneSource(["file", "environment", "content"]),
  "secrets.*": oneSource(["file", "environment"]),
  "services.*.deploy.resources.reservations.devices.*": deviceRequest,
  "services.*.develop.watch.*.path": watchPath,
  "services.*.gpus.*": deviceRequest,
  "services.*.ports.*": hostAddress,
  "services.*.volumes.*": bindSource,
  "volumes.*": externalAlone,
});

/** Refuses what a Compose file may not have where a mapping is meant. */
export function mappingAt(value: Value | undefined, path: Path): Mapping {
  if (isMapping(value)) return value;
  throw new ComposeFault(`${path.join(".")} must be a mapping`, path, "Write it as keys and values.");
}
