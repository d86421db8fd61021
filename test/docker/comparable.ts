/** What `inspect.json` of the corpus records: empty fields are left out. */
export interface Recorded {
  readonly containers: readonly RecordedContainer[];
  readonly networks: readonly Named[];
  readonly volumes: readonly Named[];
}

export interface RecordedContainer extends Named {
  readonly Config: Fields;
  readonly HostConfig: Fields;
  readonly Networks: Readonly<Record<string, Fields>>;
}

interface Named {
  readonly Name: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Fields that an Engine fills in by itself, or that change from one create to the next. */
const CONFIG = `Image Cmd Entrypoint Env WorkingDir User Hostname Domainname Labels ExposedPorts Healthcheck StopSignal StopTimeout Tty
  OpenStdin AttachStdin AttachStdout AttachStderr`;
const HOST_CONFIG = `Binds Mounts Tmpfs PortBindings RestartPolicy NetworkMode CapAdd CapDrop Dns DnsSearch DnsOptions ExtraHosts GroupAdd
  IpcMode PidMode UTSMode UsernsMode CgroupParent Privileged ReadonlyRootfs SecurityOpt StorageOpt Sysctls ShmSize Runtime Init LogConfig
  Ulimits Devices DeviceRequests DeviceCgroupRules Memory MemorySwap MemoryReservation MemorySwappiness NanoCpus CpuShares CpuPeriod
  CpuQuota CpusetCpus BlkioWeight PidsLimit OomScoreAdj OomKillDisable Links VolumesFrom Annotations`;
const ENDPOINT = "Aliases Links IPAMConfig DriverOpts";
const NETWORK = "Name Driver Options Internal Attachable EnableIPv6 Labels";
const VOLUME = "Name Driver Options Labels";

/** By kind and name, in a form that two Engines' answers can be compared in. Source: compose.md §7.2. */
export function comparable({ containers, networks, volumes }: Recorded): Record<string, unknown> {
  return Object.fromEntries([
    ...containers.map((each) => [`container ${each.Name}`, comparableContainer(each)]),
    ...networks.map((each) => [`network ${each.Name}`, withoutEmpty(only(NETWORK, { ...each }))]),
    ...volumes.map((each) => [`volume ${each.Name}`, withoutEmpty(only(VOLUME, { ...each }))]),
  ]);
}

function comparableContainer({ Config, HostConfig, Networks }: RecordedContainer): unknown {
  const config = only(CONFIG, Config);
  const host = only(HOST_CONFIG, HostConfig);
  return withoutEmpty({
    config: {
      ...config,
      Hostname: chosenName(config["Hostname"], host),
      Labels: labels(config["Labels"], host),
      Env: sorted(config["Env"]).filter(isOwn),
    },
    host: {
      ...withoutIds(host),
      Binds: sorted(host["Binds"]),
      ExtraHosts: sorted(host["ExtraHosts"]),
      Ulimits: byName(host["Ulimits"]),
      Mounts: byName(host["Mounts"]),
      // Newer Engines write down what an absent policy means.
      RestartPolicy: {
        ...only("Name MaximumRetryCount", host["RestartPolicy"]),
        Name: policyName(host["RestartPolicy"]),
      },
    },
    networks: Object.fromEntries(
      Object.entries(Networks).map(([name, endpoint]) => {
        const fields = only(ENDPOINT, endpoint);
        return [name, { ...fields, Aliases: aliases(fields["Aliases"]), Links: sorted(fields["Links"]) }];
      }),
    ),
  });
}

/** The hash of a service that shares another's namespace holds the id of that one's container, so it is never the same twice. */
function labels(value: unknown, host: Fields): Record<string, string> {
  const all = { ...(value as Record<string, string>) };
  const shares = /"container:[0-9a-f<]|"VolumesFrom":\["/.test(JSON.stringify(host));
  if (shares) all["com.docker.compose.config-hash"] = "<depends on ids>";
  const dependsOn = "com.docker.compose.depends_on";
  return {
    ...all,
    [dependsOn]: (all[dependsOn] ?? "").split(",").sort().join(","),
    "com.docker.compose.image": "<image id>",
  };
}

function withoutIds(fields: Fields): Fields {
  return JSON.parse(JSON.stringify(fields).replace(/[0-9a-f]{64}/g, "<id>")) as Fields;
}

/** Undefined where nobody chose it: the Engine gave the short id, or the host's own name. */
function chosenName(name: unknown, host: Fields): unknown {
  const isHosts = host["NetworkMode"] === "host" || host["UTSMode"] === "host";
  return isHosts || /^[0-9a-f]{12}$/.test(String(name)) ? undefined : name;
}

/** The image of the rig brings a PATH, the recorded one had none. */
function isOwn(variable: string): boolean {
  return variable !== "PATH=/bin";
}

function policyName(policy: unknown): string {
  const name = (policy as { Name?: string } | undefined)?.Name ?? "";
  return name === "no" ? "" : name;
}

/** The Engine adds the container's short id. */
function aliases(list: unknown): readonly string[] {
  return sorted(list).filter((alias) => !/^[0-9a-f]{12}$/.test(alias));
}

function sorted(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.map(String).sort() : [];
}

/** Lists that Compose fills from a map, in whatever order. */
function byName(list: unknown): readonly unknown[] {
  const key = ({ Name, Target }: { Name?: string; Target?: string }) => Name ?? Target ?? "";
  return Array.isArray(list) ? [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1)) : [];
}

function only(names: string, value: unknown): Record<string, unknown> {
  const fields = (value ?? {}) as Fields;
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, fields[name]]));
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutEmpty(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => !isEmpty(inner)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === false || value === 0) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
