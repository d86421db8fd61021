import { parseFloatText, parseInteger } from "./go-number.ts";
import { pathTable } from "./path-pattern.ts";
import type { Path } from "./tree.ts";

/** Told of what is odd but allowed. */
export type Warn = (message: string) => void;
type Cast = (text: string, warn: Warn) => boolean | number | string;

const int: Cast = (text) => parseInteger(text, "Atoi");
const int64: Cast = (text) => parseInteger(text, "ParseInt");
const float: Cast = parseFloatText;

/** A boolean's text; `yes`, `on` and the like count as YAML 1.1 had them. */
export function castFlag(text: string, warn: Warn): boolean {
  const word = text.toLowerCase();
  if (word === "true" || word === "false") return word === "true";
  const value = ["y", "yes", "on"].includes(word);
  if (!value && !["n", "no", "off"].includes(word)) throw new Error(`invalid boolean: ${text}`);
  warn(`${JSON.stringify(text)} for boolean is not supported by YAML 1.2, please use \`${String(value)}\``);
  return value;
}

/** Paths whose text becomes a number or a boolean once its variables are replaced. Source: compose-go's type cast mapping. */
export const castOf: (path: Path) => Cast | undefined = pathTable<Cast>({
  "configs.*.external": castFlag,
  "networks.*.attachable": castFlag,
  "networks.*.enable_ipv4": castFlag,
  "networks.*.enable_ipv6": castFlag,
  "networks.*.external": castFlag,
  "networks.*.internal": castFlag,
  "secrets.*.external": castFlag,
  "services.*.cpu_count": int64,
  "services.*.cpu_percent": float,
  "services.*.cpu_period": int64,
  "services.*.cpu_quota": int64,
  "services.*.cpu_rt_period": int64,
  "services.*.cpu_rt_runtime": int64,
  "services.*.cpu_shares": int64,
  "services.*.cpus": float,
  "services.*.deploy.placement.max_replicas_per_node": int,
  "services.*.deploy.replicas": int,
  "services.*.deploy.restart_policy.max_attempts": int,
  "services.*.deploy.rollback_config.max_failure_ratio": float,
  "services.*.deploy.rollback_config.parallelism": int,
  "services.*.deploy.update_config.max_failure_ratio": float,
  "services.*.deploy.update_config.parallelism": int,
  "services.*.healthcheck.disable": castFlag,
  "services.*.healthcheck.retries": int,
  "services.*.init": castFlag,
  "services.*.oom_kill_disable": castFlag,
  "services.*.oom_score_adj": int64,
  "services.*.pids_limit": int64,
  "services.*.ports.*.target": int,
  "services.*.privileged": castFlag,
  "services.*.read_only": castFlag,
  "services.*.scale": int,
  "services.*.stdin_open": castFlag,
  "services.*.tty": castFlag,
  "services.*.ulimits.*": int,
  "services.*.ulimits.*.hard": int,
  "services.*.ulimits.*.soft": int,
  "services.*.volumes.*.read_only": castFlag,
  "services.*.volumes.*.volume.nocopy": castFlag,
  "volumes.*.external": castFlag,
});
