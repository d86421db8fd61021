import { type Difference, RESTART_POLICY } from "../engine.ts";
import {
  compared,
  comparedInSecret,
  comparedMaps,
  comparedSets,
  type Fields,
  fieldsOf,
  listOf,
  textOf,
} from "./compare.ts";
import { capabilities } from "./security-options.ts";

/** Looked at where the file says something only: else the daemon, or the platform, has its own say. */
const WHERE_DECLARED: Readonly<Record<string, string>> = {
  IpcMode: "IPC namespace",
  CgroupnsMode: "cgroup namespace",
  Runtime: "runtime",
  Init: "init process",
  Isolation: "isolation",
  VolumeDriver: "volume driver",
};

const NAMESPACES: Readonly<Record<string, string>> = {
  PidMode: "PID namespace",
  UTSMode: "UTS namespace",
  UsernsMode: "user namespace",
};

/** Where a container may do other things on its host than `wanted` says. Both are `HostConfig`s. */
export function hostDifferences(wanted: Fields, found: Fields): readonly Difference[] {
  const text = (fields: Readonly<Record<string, string>>): readonly Difference[] =>
    Object.entries(fields).flatMap(([key, field]) => compared(field, textOf(wanted[key]), textOf(found[key])));
  const set = (field: string, key: string): readonly Difference[] => comparedSets(field, wanted[key], found[key]);
  const declared = Object.entries(WHERE_DECLARED).filter(([key]) => wanted[key] !== undefined);
  return [
    ...compared(RESTART_POLICY, restart(wanted["RestartPolicy"]), restart(found["RestartPolicy"])),
    ...text(NAMESPACES),
    ...text(Object.fromEntries(declared)),
    ...compared("privileged", textOf(wanted["Privileged"] ?? false), textOf(found["Privileged"] ?? false)),
    ...compared("read-only root", textOf(wanted["ReadonlyRootfs"] ?? false), textOf(found["ReadonlyRootfs"] ?? false)),
    ...comparedSets("added capabilities", named(wanted["CapAdd"]), named(found["CapAdd"])),
    ...comparedSets("dropped capabilities", named(wanted["CapDrop"]), named(found["CapDrop"])),
    ...set("additional groups", "GroupAdd"),
    ...set("DNS servers", "Dns"),
    ...set("DNS search domains", "DnsSearch"),
    ...set("DNS options", "DnsOptions"),
    ...comparedSets("extra hosts", hosts(wanted["ExtraHosts"]), hosts(found["ExtraHosts"])),
    ...set("device cgroup rules", "DeviceCgroupRules"),
    ...comparedSets("devices", devices(wanted["Devices"]), devices(found["Devices"])),
    ...comparedSets("device requests", requests(wanted["DeviceRequests"]), requests(found["DeviceRequests"])),
    ...comparedSets("security options", confinement(wanted, found).wanted, confinement(wanted, found).found),
    ...comparedMaps((name) => `sysctl ${name}`, texts(wanted["Sysctls"]), texts(found["Sysctls"])),
    ...logDifferences(wanted["LogConfig"], found["LogConfig"]),
  ];
}

function restart(policy: unknown): string {
  const { Name: name, MaximumRetryCount: retries } = fieldsOf(policy);
  if (!name || name === "no") return "no";
  return name === "on-failure" && retries ? `${name}:${textOf(retries)}` : textOf(name);
}

function named(list: unknown): readonly string[] {
  return capabilities(listOf(list)) ?? [];
}

function hosts(list: unknown): readonly string[] {
  return listOf(list).map((entry) => entry.replace(/[=:]/, "="));
}

function devices(list: unknown): readonly string[] {
  return (Array.isArray(list) ? list.map(fieldsOf) : []).map(
    (device) =>
      `${textOf(device["PathOnHost"])}:${textOf(device["PathInContainer"])}:${textOf(device["CgroupPermissions"])}`,
  );
}

function requests(list: unknown): readonly string[] {
  return (Array.isArray(list) ? list.map(fieldsOf) : []).map((request) =>
    JSON.stringify([
      request["Driver"] || "",
      request["Count"] || 0,
      request["DeviceIDs"] ?? [],
      request["Capabilities"] ?? [],
      request["Options"] ?? {},
    ]),
  );
}

/** A seccomp profile's content is not compared. Of a privileged container the Engine itself turns labelling off. */
function confinement(
  wanted: Fields,
  found: Fields,
): { readonly wanted: readonly string[]; readonly found: readonly string[] } {
  const plain = (list: unknown): readonly string[] =>
    listOf(list)
      .filter((option) => !option.startsWith("seccomp"))
      .map((option) => option.replace(":", "="));
  const own = plain(wanted["SecurityOpt"]);
  const has = plain(found["SecurityOpt"]);
  return { wanted: own, found: own.length > 0 ? has : has.filter((option) => option !== "label=disable") };
}

function texts(value: unknown): ReadonlyMap<string, string> {
  return new Map(Object.entries(fieldsOf(value)).map(([name, text]) => [name, textOf(text)]));
}

/** Without a word in the file it is the daemon's own choice; options may hold a token. */
function logDifferences(wanted: unknown, found: unknown): readonly Difference[] {
  const [own, has] = [fieldsOf(wanted), fieldsOf(found)];
  const [options, given] = [texts(own["Config"]), texts(has["Config"])];
  const type = own["Type"] ? compared("log driver", textOf(own["Type"]), textOf(has["Type"])) : [];
  return [
    ...type,
    ...[...options].flatMap(([name, value]) => comparedInSecret(`log option ${name}`, value, given.get(name) ?? "")),
  ];
}
