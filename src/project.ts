import type { BlkioConfig, Deploy, Device, DeviceRequest } from "./service-resources.ts";

/**
 * The canonical Compose model: long syntax everywhere, snake_case keys, exactly the values that `docker compose config --format json`
 * prints. Byte sizes are decimal strings ("134217728"), durations Go strings ("1m30s"), file modes octal strings ("0440").
 * Source: Compose Specification; compose-go's canonical form.
 */
export interface Project {
  readonly name: string;
  /** Absolute project directory. */
  readonly workingDir: string;
  /** Absolute Compose files, main file first: the `config_files` label. */
  readonly files: readonly string[];
  /** `--env-file` values as given: the `environment_file` label. */
  readonly envFiles: readonly string[];
  /** Active services only. */
  readonly services: Readonly<Record<string, Service>>;
  /** Services that a profile keeps out: known, so never orphans. */
  readonly disabledServices: readonly string[];
  readonly networks: Readonly<Record<string, Network>>;
  readonly volumes: Readonly<Record<string, Volume>>;
  readonly configs: Readonly<Record<string, FileObject>>;
  readonly secrets: Readonly<Record<string, FileObject>>;
  /** Top-level `models`: printed, and refused where a service uses one. */
  readonly models: Readonly<Record<string, Model>>;
  /** Top-level `x-*` keys: printed, never hashed. */
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly hashes: ProjectHashes;
  /**
   * Service → mounted file or folder of the stack's own tree, as in the Compose file (`./nginx.conf`) → digest of what the commit holds
   * there. Absent for the stand-alone commands, which leave files alone as Docker Compose does.
   */
  readonly contents?: Readonly<Record<string, FileDigests>>;
  /** What the person should know though nothing is wrong (unset variables, obsolete `version`, …). */
  readonly warnings: readonly string[];
}

/** Path as it is shown → hex digest. */
export type FileDigests = Readonly<Record<string, string>>;

/** A config hash in both flavours: A is Compose ≤ 2.40, B is Compose ≥ 5.0. Either on a container means "unchanged". */
export interface ConfigHash {
  readonly a: string;
  readonly b: string;
}

export interface ProjectHashes {
  readonly services: Readonly<Record<string, ConfigHash>>;
  readonly networks: Readonly<Record<string, string>>;
  readonly volumes: Readonly<Record<string, string>>;
}

export type DependencyCondition = "service_started" | "service_healthy" | "service_completed_successfully";

export interface Dependency {
  readonly condition: DependencyCondition;
  readonly required: boolean;
  readonly restart?: boolean;
}

type Strings = readonly string[];
type StringMap = Readonly<Record<string, string>>;
type NullableMap = Readonly<Record<string, string | null>>;

export interface Service {
  readonly annotations?: StringMap;
  readonly attach?: boolean;
  readonly develop?: Readonly<Record<string, unknown>>;
  readonly blkio_config?: BlkioConfig;
  readonly build?: Build;
  readonly cap_add?: Strings;
  readonly cap_drop?: Strings;
  readonly cgroup_parent?: string;
  readonly cgroup?: string;
  readonly cpu_count?: number;
  readonly cpu_percent?: number;
  readonly cpu_period?: number | string;
  readonly cpu_quota?: number | string;
  readonly cpu_rt_period?: number | string;
  readonly cpu_rt_runtime?: number | string;
  readonly cpus?: number;
  readonly cpuset?: string;
  readonly cpu_shares?: number | string;
  /** null: the image's own; []: explicitly none. */
  readonly command: Strings | null;
  readonly configs?: readonly FileReference[];
  readonly container_name?: string;
  readonly credential_spec?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, Dependency>>;
  readonly deploy?: Deploy;
  readonly device_cgroup_rules?: Strings;
  readonly devices?: readonly Device[];
  readonly dns?: Strings;
  readonly dns_opt?: Strings;
  readonly dns_search?: Strings;
  readonly domainname?: string;
  readonly entrypoint: Strings | null;
  readonly provider?: Readonly<Record<string, unknown>>;
  /** Fully resolved; null means "take it away from the image's environment". */
  readonly environment?: NullableMap;
  readonly expose?: Strings;
  readonly external_links?: Strings;
  /** `host=ip`, sorted. */
  readonly extra_hosts?: Strings;
  readonly group_add?: Strings;
  readonly gpus?: readonly DeviceRequest[];
  readonly hostname?: string;
  readonly healthcheck?: Healthcheck;
  readonly image?: string;
  readonly init?: boolean;
  readonly ipc?: string;
  readonly isolation?: string;
  readonly labels?: StringMap;
  readonly label_file?: Strings;
  readonly links?: Strings;
  readonly logging?: Logging;
  readonly mem_limit?: string;
  readonly mem_reservation?: string;
  readonly memswap_limit?: string;
  readonly mem_swappiness?: string | number;
  readonly mac_address?: string;
  readonly models?: Readonly<Record<string, unknown>>;
  readonly network_mode?: string;
  readonly networks?: Readonly<Record<string, ServiceNetwork | null>>;
  readonly oom_kill_disable?: boolean;
  readonly oom_score_adj?: number | string;
  readonly pid?: string;
  readonly pids_limit?: number | string;
  readonly platform?: string;
  readonly ports?: readonly Port[];
  readonly post_start?: readonly Hook[];
  readonly pre_stop?: readonly Hook[];
  readonly privileged?: boolean;
  readonly profiles?: Strings;
  readonly pull_policy?: string;
  readonly read_only?: boolean;
  readonly restart?: string;
  readonly runtime?: string;
  readonly scale?: number;
  readonly secrets?: readonly FileReference[];
  readonly security_opt?: Strings;
  readonly shm_size?: string;
  readonly stdin_open?: boolean;
  readonly stop_grace_period?: string;
  readonly stop_signal?: string;
  readonly storage_opt?: StringMap;
  readonly sysctls?: StringMap;
  readonly tmpfs?: Strings;
  readonly tty?: boolean;
  readonly ulimits?: Readonly<Record<string, number | { readonly soft: number; readonly hard: number }>>;
  readonly use_api_socket?: boolean;
  readonly user?: string;
  readonly userns_mode?: string;
  readonly uts?: string;
  readonly volume_driver?: string;
  readonly volumes?: readonly Mount[];
  readonly volumes_from?: Strings;
  readonly working_dir?: string;
}

export interface Build {
  readonly context: string;
  readonly dockerfile?: string;
  readonly dockerfile_inline?: string;
  readonly args?: NullableMap;
  readonly target?: string;
  readonly labels?: StringMap;
  readonly tags?: Strings;
  readonly cache_from?: Strings;
  readonly cache_to?: Strings;
  readonly additional_contexts?: StringMap;
  readonly network?: string;
  readonly extra_hosts?: Strings;
  readonly no_cache?: boolean;
  readonly pull?: boolean;
  readonly platforms?: Strings;
  readonly privileged?: boolean;
  readonly entitlements?: Strings;
  readonly secrets?: readonly FileReference[];
  /** `id=path`, or an id alone for the caller's own agent. */
  readonly ssh?: Strings;
  readonly shm_size?: string;
  readonly ulimits?: Service["ulimits"];
  readonly isolation?: string;
}

export interface Healthcheck {
  readonly test?: Strings;
  readonly timeout?: string;
  readonly interval?: string;
  readonly retries?: number;
  readonly start_period?: string;
  readonly start_interval?: string;
  readonly disable?: boolean;
}

export interface Logging {
  readonly driver?: string;
  readonly options?: StringMap;
}

export interface Port {
  readonly name?: string;
  readonly mode?: string;
  readonly host_ip?: string;
  readonly target: number;
  readonly published?: string;
  readonly protocol?: string;
  readonly app_protocol?: string;
}

export interface Mount {
  readonly type: string;
  /** A volume's key in the Compose file, or an absolute host path; absent on anonymous volumes and tmpfs. */
  readonly source?: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly consistency?: string;
  readonly bind?: {
    readonly selinux?: string;
    readonly propagation?: string;
    readonly create_host_path?: boolean;
    readonly recursive?: string;
  };
  readonly volume?: { readonly labels?: StringMap; readonly nocopy?: boolean; readonly subpath?: string };
  readonly tmpfs?: { readonly size?: string; readonly mode?: number };
  readonly image?: { readonly subpath?: string };
}

export interface FileReference {
  readonly source: string;
  readonly target?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly mode?: string;
}

export interface ServiceNetwork {
  readonly aliases?: Strings;
  readonly driver_opts?: StringMap;
  readonly gw_priority?: number;
  readonly interface_name?: string;
  readonly ipv4_address?: string;
  readonly ipv6_address?: string;
  readonly link_local_ips?: Strings;
  readonly mac_address?: string;
  readonly priority?: number;
}

export interface Hook {
  readonly command: Strings | null;
  readonly user?: string;
  readonly privileged?: boolean;
  readonly working_dir?: string;
  readonly environment?: NullableMap;
}

export interface Network {
  /** The name on the Engine. */
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: StringMap;
  readonly ipam: {
    readonly driver?: string;
    readonly config?: readonly {
      readonly subnet?: string;
      readonly gateway?: string;
      readonly ip_range?: string;
      readonly aux_addresses?: StringMap;
    }[];
    readonly options?: StringMap;
  };
  readonly external?: boolean;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly labels?: StringMap;
  readonly enable_ipv4?: boolean;
  readonly enable_ipv6?: boolean;
}

export interface Volume {
  /** The name on the Engine. */
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: StringMap;
  readonly external?: boolean;
  readonly labels?: StringMap;
}

/** A top-level config or secret. */
export interface FileObject {
  readonly name?: string;
  readonly file?: string;
  readonly environment?: string;
  readonly content?: string;
  readonly external?: boolean;
  readonly labels?: StringMap;
  readonly driver?: string;
  readonly driver_opts?: StringMap;
  readonly template_driver?: string;
}

/** A top-level model, for the Docker Model plugin. */
export interface Model {
  readonly name?: string;
  readonly model?: string;
  readonly context_size?: number;
  readonly runtime_flags?: Strings;
}

/** How many containers a service asks for. Source: Compose Specification, `scale` and `deploy.replicas`. */
export function expectedReplicas(service: Service): number {
  return service.scale ?? service.deploy?.replicas ?? 1;
}

/** The image a service runs: its own, or the name that Compose gives to what it builds. */
export function imageOf(project: Project, serviceName: string): string {
  return project.services[serviceName]?.image ?? `${project.name}-${serviceName}`;
}

/** The services whose images a build is given under names of their own (`additional_contexts: { base: "service:base" }`). */
export function contextServices(build: Build | undefined): readonly string[] {
  const sources = Object.values(build?.additional_contexts ?? {});
  return sources.flatMap((source) => (source.startsWith("service:") ? [source.slice("service:".length)] : []));
}

/** A service whose containers are meant to end: exit 0 is success, not drift. */
export function isOneShot(project: Project, serviceName: string): boolean {
  const service = project.services[serviceName];
  if (!service) return false;
  const awaited = Object.values(project.services).some(
    (other) => other.depends_on?.[serviceName]?.condition === "service_completed_successfully",
  );
  return (
    awaited ||
    (restartPolicyName(service) === "no" && service.restart !== undefined) ||
    restartPolicyName(service) === "on-failure"
  );
}

/** `no`, `always`, `unless-stopped` or `on-failure`; `deploy.restart_policy` wins over `restart`, as Docker Compose has it. */
export function restartPolicyName(service: Service): string {
  const condition = service.deploy?.restart_policy?.condition;
  if (condition !== undefined) return { none: "no", any: "always", "on-failure": "on-failure" }[condition] ?? condition;
  return service.restart?.split(":")[0] || "no";
}

/** A project of which only the name is known: enough to take things down by their labels. */
export function emptyProject(name: string): Project {
  return {
    name,
    workingDir: "/",
    files: [],
    envFiles: [],
    services: {},
    disabledServices: [],
    networks: {},
    volumes: {},
    configs: {},
    secrets: {},
    models: {},
    extensions: {},
    hashes: { services: {}, networks: {}, volumes: {} },
    warnings: [],
  };
}
