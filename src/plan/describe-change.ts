import type { Service } from "../project.ts";

/**
 * What differs between two definitions of a service, in words: "image changed nginx:1.26 → nginx:1.27; environment: DEBUG added".
 * Names of variables and keys are told, values never, because they may be secrets.
 */
export function describeChange(before: Service, after: Service): string {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort() as (keyof Service)[];
  // Extensions are nobody's configuration: they never enter the hash.
  const counted = keys.filter((key) => !key.startsWith("x-"));
  const changed = counted.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  return changed.map((key) => describeKey(key, before, after)).join("; ");
}

function describeKey(key: keyof Service, before: Service, after: Service): string {
  if (key === "image") return `image changed ${before.image ?? "none"} → ${after.image ?? "none"}`;
  if (key === "environment" || key === "labels") return describeMap(key, before[key] ?? {}, after[key] ?? {});
  if (before[key] === undefined) return `${key} added`;
  return after[key] === undefined ? `${key} removed` : `${key} changed`;
}

type Values = Readonly<Record<string, string | null>>;

function describeMap(key: string, before: Values, after: Values): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .filter((name) => before[name] !== after[name]);
  const parts = names.map(
    (name) => `${name} ${!(name in before) ? "added" : !(name in after) ? "removed" : "changed"}`,
  );
  return `${key}: ${parts.join(", ")}`;
}
