import type Docker from "dockerode";
import type { Service } from "../project.ts";
import { parseBytes, parseDuration } from "../quantity.ts";
import type { BlkioConfig, BlkioRate } from "../service-resources.ts";
import { given } from "./given.ts";

/** CPU, memory, process and disk limits; `deploy.resources` wins over the older keys. Source: compose.md §3.1. */
export function resourceOptions(service: Service): Docker.HostConfig {
  return {
    ...cpuOptions(service),
    ...memoryOptions(service),
    ...blkioOptions(service.blkio_config),
    ...processLimits(service),
  };
}

function cpuOptions(service: Service): Docker.HostConfig {
  const limit = service.deploy?.resources?.limits?.cpus;
  return {
    ...given("NanoCpus", nanoCpus(limit ?? service.cpus)),
    ...given("CpuShares", number(service.cpu_shares)),
    ...given("CpuPeriod", microseconds(service.cpu_period)),
    ...given("CpuQuota", microseconds(service.cpu_quota)),
    ...given("CpuRealtimePeriod", microseconds(service.cpu_rt_period)),
    ...given("CpuRealtimeRuntime", microseconds(service.cpu_rt_runtime)),
    ...given("CpuCount", service.cpu_count),
    ...given("CpuPercent", service.cpu_percent && Math.trunc(service.cpu_percent * 100)),
    ...given("CpusetCpus", service.cpuset),
  };
}

/** Compose multiplies in 32-bit floats, which shows in the last digits. */
function nanoCpus(cpus: number | string | undefined): number | undefined {
  return cpus === undefined || Number(cpus) === 0 ? undefined : Math.fround(Math.fround(Number(cpus)) * 1e9);
}

function memoryOptions(service: Service): Docker.HostConfig {
  const resources = service.deploy?.resources;
  const swappiness = number(service.mem_swappiness);
  return {
    ...given("Memory", bytes(resources?.limits?.memory ?? service.mem_limit)),
    ...given("MemorySwap", bytes(service.memswap_limit)),
    ...given("MemoryReservation", bytes(resources?.reservations?.memory ?? service.mem_reservation)),
    ...given("MemorySwappiness", swappiness === 0 ? undefined : swappiness),
    ...given("ShmSize", bytes(service.shm_size)),
    OomKillDisable: service.oom_kill_disable ?? false,
    ...given("OomScoreAdj", number(service.oom_score_adj)),
  };
}

function processLimits(service: Service): Docker.HostConfig {
  const pids = number(service.deploy?.resources?.limits?.pids ?? service.pids_limit);
  const ulimits = Object.entries(service.ulimits ?? {}).map(([Name, limit]) =>
    typeof limit === "number" ? { Name, Soft: limit, Hard: limit } : { Name, Soft: limit.soft, Hard: limit.hard },
  );
  return {
    ...given("PidsLimit", pids === 0 ? undefined : pids),
    ...given("Ulimits", ulimits.length > 0 ? ulimits : undefined),
    ...given("CgroupParent", service.cgroup_parent),
  };
}

function blkioOptions(blkio: BlkioConfig | undefined): Docker.HostConfig {
  if (!blkio) return {};
  return {
    ...given("BlkioWeight", blkio.weight),
    ...given(
      "BlkioWeightDevice",
      blkio.weight_device?.map(({ path: Path, weight: Weight }) => ({ Path, Weight })),
    ),
    ...given("BlkioDeviceReadBps", rates(blkio.device_read_bps)),
    ...given("BlkioDeviceReadIOps", rates(blkio.device_read_iops)),
    ...given("BlkioDeviceWriteBps", rates(blkio.device_write_bps)),
    ...given("BlkioDeviceWriteIOps", rates(blkio.device_write_iops)),
  };
}

function rates(items: readonly BlkioRate[] | undefined) {
  return items?.map(({ path: Path, rate }) => ({ Path, Rate: bytes(rate) ?? 0 }));
}

/** -1 means "no limit" and is passed on. */
function bytes(size: string | number | undefined): number | undefined {
  if (size === undefined) return undefined;
  return typeof size === "number" || size.startsWith("-") ? Number(size) : parseBytes(size);
}

function number(value: string | number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

/** The Engine's periods and quotas are microseconds; a duration is turned into them. */
function microseconds(value: string | number | undefined): number | undefined {
  if (value === undefined || /^-?\d+$/.test(String(value))) return number(value);
  return Number(parseDuration(String(value)) / 1_000n);
}
