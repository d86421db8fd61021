import type { Difference } from "../engine.ts";
import { compared, comparedMaps, type Fields, fieldsOf, listOf, textOf } from "./compare.ts";

/** What one place inside a container shows; "" where anything of the kind will do. */
interface Place {
  readonly type: string;
  readonly source: string;
  readonly readOnly: boolean;
}

type Places = ReadonlyMap<string, Place>;

/**
 * Where a container sees other files than `wanted` (a `HostConfig`) says. `found` is a whole inspect answer; `own` are the places at
 * which its image has volumes, which come by themselves.
 */
export function mountDifferences(wanted: Fields, found: Fields, own: readonly string[]): readonly Difference[] {
  const declared = wantedPlaces(wanted);
  const mounted = foundPlaces(found);
  const inherits = listOf(wanted["VolumesFrom"]).length > 0;
  const targets = [...new Set([...declared.keys(), ...(inherits ? [] : mounted.keys())])].sort();
  return [
    ...targets.flatMap((target) =>
      placeDifference(target, declared.get(target), mounted.get(target), own.includes(target)),
    ),
    ...comparedMaps((target) => `tmpfs ${target}`, tmpfsOf(wanted), tmpfsOf(fieldsOf(found["HostConfig"]))),
  ];
}

function placeDifference(
  target: string,
  wanted: Place | undefined,
  found: Place | undefined,
  isImages: boolean,
): readonly Difference[] {
  if (!wanted && isImages && found?.type === "volume") return [];
  // A volume that the file does not name has the name that the Engine gave it.
  const unnamed = wanted?.type === "volume" && wanted.source === "";
  const seen = found && unnamed ? { ...found, source: "" } : found;
  return compared(`mount ${target}`, wanted ? shown(wanted) : "", seen ? shown(seen) : "");
}

function shown({ type, source, readOnly }: Place): string {
  return `${type}${source ? ` ${source}` : ""}${readOnly ? ", read-only" : ""}`;
}

function wantedPlaces(host: Fields): Places {
  const binds = listOf(host["Binds"]).map((bind): [string, Place] => {
    const [source = "", target = "", options = ""] = bind.split(":");
    const type = source.startsWith("/") ? "bind" : "volume";
    return [clean(target), { type, source: clean(source), readOnly: options.split(",").includes("ro") }];
  });
  return new Map([...binds, ...(Array.isArray(host["Mounts"]) ? host["Mounts"].map(fieldsOf).map(mountPlace) : [])]);
}

function mountPlace(mount: Fields): [string, Place] {
  const type = textOf(mount["Type"]);
  const source = type === "tmpfs" ? "" : clean(textOf(mount["Source"]));
  return [clean(textOf(mount["Target"])), { type, source, readOnly: mount["ReadOnly"] === true }];
}

/** Mounted tmpfs and images are told where they were asked for only; the rest as it is. */
function foundPlaces(found: Fields): Places {
  const asked = fieldsOf(found["HostConfig"])["Mounts"];
  const others = Array.isArray(asked) ? asked.map(fieldsOf).filter((mount) => !isInMounts(mount["Type"])) : [];
  const listed = Array.isArray(found["Mounts"]) ? found["Mounts"].map(fieldsOf) : [];
  const mounted = listed
    .filter((mount) => isInMounts(mount["Type"]))
    .map((mount): [string, Place] => {
      const source = mount["Type"] === "volume" ? mount["Name"] : mount["Source"];
      const place = {
        type: textOf(mount["Type"]),
        source: clean(textOf(source)),
        readOnly: mount["RW"] === false,
      };
      return [clean(textOf(mount["Destination"])), place];
    });
  return new Map([...mounted, ...others.map(mountPlace)]);
}

function isInMounts(type: unknown): boolean {
  return type === "bind" || type === "volume" || type === "npipe";
}

function tmpfsOf(host: Fields): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(fieldsOf(host["Tmpfs"])).map(([target, options]) => [target, `tmpfs ${textOf(options)}`.trim()]),
  );
}

function clean(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "").replace(/\/{2,}/g, "/") : path;
}
