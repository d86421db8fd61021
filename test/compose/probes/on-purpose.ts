import type { Probe } from "./probe.ts";

/** Probes on which we differ from Docker Compose, each with its reason; docs/compose-differences.md has them too. */
const DIFFERENT: readonly (readonly [name: string | RegExp, reason: string])[] = [
  ["memswap_limit: '-1'", "unlimited swap may stand in quotes"],
  ["ports: ['::1:80:80']", "an IPv6 address can only mean one thing"],
  ["mem_limit: 1e3", "a size written as a float is that size, not none"],
  [/^x-a: (?:1000000\.0|1e21|\.inf|-\.Inf|\.nan|\d{16,})$/, "large or odd numbers of own fields are printed as text"],
  [
    /^env_file (?:export )?A$|^env_file export$|^env_file A="x"y$|^label_file .*\nC$/s,
    "a bare name at the end of a file is a name",
  ],
  [/^%YAML 1\.2/, "the directive of YAML 1.2 may stand"],
  [/__proto__/, "a name that no object can hold"],
  [/\? (?:\[a\]|\{ a: b \})/, "a key that is a collection is named as it stands"],
];

/** Differences in the words alone: of another YAML parser, and of a circle, which Docker Compose enters where chance leads it. */
const OTHER_WORDS = /^yaml: |^Circular reference:/;

export function differsOnPurpose({ name }: Probe, theirError: string | undefined): boolean {
  if (theirError !== undefined && OTHER_WORDS.test(theirError)) return true;
  return DIFFERENT.some(([one]) => (typeof one === "string" ? one === name : one.test(name)));
}
