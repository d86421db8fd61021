import type { Difference } from "../engine.ts";
import { compared, comparedMaps, type Fields, fieldsOf, listOf, textOf } from "./compare.ts";
import type { Endpoint } from "./network-options.ts";

/**
 * Where a container is in another place of its networks than `endpoints` say. Networks that somebody connected it to beside those are
 * theirs to know, as for Docker Compose. `found` is a whole inspect answer.
 */
export function networkDifferences(endpoints: readonly Endpoint[], found: Fields): readonly Difference[] {
  const places = fieldsOf(fieldsOf(found["NetworkSettings"])["Networks"]);
  const name = textOf(found["Name"]).replace(/^\//, "");
  return endpoints.flatMap(({ network, settings }) => {
    const place = places[network];
    if (!place) return compared(`network ${network}`, "attached", "not attached");
    return endpointDifferences(network, fieldsOf(settings), fieldsOf(place), name);
  });
}

function endpointDifferences(network: string, wanted: Fields, found: Fields, name: string): readonly Difference[] {
  const known = new Set([...listOf(found["Aliases"]), ...listOf(found["DNSNames"]), name]);
  const missing = listOf(wanted["Aliases"]).filter((alias) => !known.has(alias));
  const [wantedIpam, foundIpam] = [fieldsOf(wanted["IPAMConfig"]), fieldsOf(found["IPAMConfig"])];
  const address = (version: string): readonly Difference[] =>
    compared(
      `${version} address in network ${network}`,
      textOf(wantedIpam[`${version}Address`]),
      textOf(foundIpam[`${version}Address`]),
    );
  return [
    ...missing.map((alias) => ({ field: `alias ${alias} in network ${network}`, wanted: "set", found: "not set" })),
    ...address("IPv4"),
    ...address("IPv6"),
    ...macDifference(network, wanted["MacAddress"], found["MacAddress"]),
  ];
}

/** A container that does not run has none. */
function macDifference(network: string, wanted: unknown, found: unknown): readonly Difference[] {
  if (!wanted || !found) return [];
  return compared(`MAC address in network ${network}`, textOf(wanted).toLowerCase(), textOf(found).toLowerCase());
}

/** Where the host listens, by container port. Both are `PortBindings`. */
export function portDifferences(wanted: unknown, found: unknown): readonly Difference[] {
  return comparedMaps((port) => `port ${port}`, bindings(wanted), bindings(found));
}

function bindings(value: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(fieldsOf(value)).map(([port, places]): [string, string] => {
    const shown = (Array.isArray(places) ? places : []).map(fieldsOf).map((place) => {
      const ip = textOf(place["HostIp"]);
      return `${ip === "0.0.0.0" || ip === "" ? "" : `${ip}:`}${textOf(place["HostPort"]).replace(/^0$/, "") || "any port"}`;
    });
    return [port, shown.sort().join(", ")];
  });
  return new Map(entries.filter(([, shown]) => shown !== ""));
}
