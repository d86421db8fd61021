import type { Difference } from "../engine.ts";
import { compared, comparedSets, type Fields, fieldsOf, textOf } from "./compare.ts";

/** Engine field → its name in words. Absent, 0 and null are one. */
const LIMITS: Readonly<Record<string, string>> = {
  Memory: "memory limit",
  MemoryReservation: "memory reservation",
  NanoCpus: "CPU limit",
  CpuShares: "CPU shares",
  CpuPeriod: "CPU period",
  CpuQuota: "CPU quota",
  CpusetCpus: "CPU set",
  OomScoreAdj: "OOM score adjustment",
  CgroupParent: "cgroup parent",
};

/** An Engine on a kernel that knows no such thing drops these, with a warning. */
const DROPPED: Readonly<Record<string, string>> = {
  MemorySwappiness: "memory swappiness",
  BlkioWeight: "block I/O weight",
  OomKillDisable: "OOM kill switch",
  CpuRealtimePeriod: "CPU real-time period",
  CpuRealtimeRuntime: "CPU real-time runtime",
};

const DEFAULT_SHM_BYTES = 64 * 1024 * 1024;

/** Where a container may take another share of the host than `wanted` says. Both are `HostConfig`s. */
export function limitDifferences(wanted: Fields, found: Fields): readonly Difference[] {
  return [
    ...Object.entries(LIMITS).flatMap(([key, field]) => compared(field, amount(wanted[key]), amount(found[key]))),
    ...Object.entries(DROPPED).flatMap(([key, field]) =>
      amount(found[key]) === "" ? [] : compared(field, amount(wanted[key]), amount(found[key])),
    ),
    ...swapDifference(wanted, found),
    ...compared("process limit", amount(wanted["PidsLimit"]), amount(found["PidsLimit"])),
    ...compared("shared memory", shm(wanted["ShmSize"]), shm(found["ShmSize"])),
    ...ulimitDifferences(wanted["Ulimits"], found["Ulimits"]),
    ...rateDifferences(wanted, found),
  ];
}

/** -1 is "no limit" in the Engine's words. */
function amount(value: unknown): string {
  return value === undefined || value === null || value === 0 || value === -1 || value === false ? "" : textOf(value);
}

function shm(value: unknown): string {
  return amount(value) || textOf(DEFAULT_SHM_BYTES);
}

/** Where the file says nothing the Engine allows as much swap as memory. */
function swapDifference(wanted: Fields, found: Fields): readonly Difference[] {
  const has = amount(found["MemorySwap"]);
  const wants = amount(wanted["MemorySwap"]);
  const byDefault = textOf(2 * Number(wanted["Memory"] ?? 0));
  if (has === "" || (wants === "" && has === byDefault)) return [];
  // A limit that was set by hand brings its swap limit along: told once.
  if (wants === "" && has === textOf(2 * Number(found["Memory"] ?? 0))) return [];
  return compared("memory and swap limit", wants, has);
}

/** A daemon may bring limits of its own for what the file does not name. */
function ulimitDifferences(wanted: unknown, found: unknown): readonly Difference[] {
  const has = new Map(entriesOf(found).map((limit) => [textOf(limit["Name"]), shownLimit(limit)]));
  return entriesOf(wanted).flatMap((limit) =>
    compared(`ulimit ${textOf(limit["Name"])}`, shownLimit(limit), has.get(textOf(limit["Name"])) ?? ""),
  );
}

function shownLimit({ Soft: soft, Hard: hard }: Fields): string {
  return `${textOf(soft ?? 0)}:${textOf(hard ?? 0)}`;
}

function rateDifferences(wanted: Fields, found: Fields): readonly Difference[] {
  const names = ["WeightDevice", "DeviceReadBps", "DeviceReadIOps", "DeviceWriteBps", "DeviceWriteIOps"];
  const shown = (value: unknown): readonly string[] =>
    entriesOf(value).map((rate) => `${textOf(rate["Path"])} ${textOf(rate["Rate"] ?? rate["Weight"])}`);
  return names.flatMap((name) =>
    comparedSets(`block I/O ${name}`, shown(wanted[`Blkio${name}`]), shown(found[`Blkio${name}`])),
  );
}

function entriesOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}
