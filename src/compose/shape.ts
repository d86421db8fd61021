/**
 * How a value of the canonical model is read and printed. `text`, `flag`, `int`, `float`: scalars; `bytes`: "512m" → "536870912";
 * `duration`: "90s" → "1m30s"; `mode`: 0440 → "0440"; `count`: "all" → -1; `words`: a command; `test`: a healthcheck's test;
 * `anyTexts`: whatever stands there as text; `envFile`: its path, or a mapping where it need not be there; `textMap` and `nullMap`: `k=v` lists or mappings; `hosts`: extra_hosts; `sshKeys`: `id=path` lines.
 */
export type Kind =
  | "anyTexts"
  | "bytes"
  | "count"
  | "duration"
  | "envFile"
  | "flag"
  | "float"
  | "hosts"
  | "int"
  | "mode"
  | "nullMap"
  | "sshKeys"
  | "test"
  | "text"
  | "textMap"
  | "texts"
  | "uint16"
  | "uint32"
  | "uint64"
  | "ulimit"
  | "words"
  | { readonly object: Shape; readonly name?: "bind" }
  | { readonly list: Kind }
  /** Values may be null where the file says so. */
  | { readonly map: Kind };

export interface Field {
  readonly key: string;
  readonly kind: Kind;
  /** "always": printed even when unset; "set": printed whenever given, even as zero. Else left out when zero. */
  readonly keep?: "always" | "set";
  /** The name in Docker Compose's encoding where it differs. */
  readonly encodedAs?: string;
}

/** Fields in the order in which Docker Compose encodes them: the config hash depends on it. */
export type Shape = readonly Field[];

/** `"a b=int c=flag!"`: text unless a kind is named; `!` keeps whenever set. */
function fields(list: string, kinds: Readonly<Record<string, Kind>> = {}): Shape {
  return list.split(" ").map((word) => {
    const [name = "", scalar = "text"] = word.replace("!", "").split("=");
    const kind = kinds[name] ?? (scalar as Kind);
    return { key: name, kind, ...(word.endsWith("!") ? { keep: "set" as const } : {}) };
  });
}

function always(key: string, kind: Kind): Field {
  return { key, kind, keep: "always" };
}

const port = fields("name mode host_ip target=uint32 published protocol app_protocol");

const mount = fields("type source target read_only=flag consistency bind volume tmpfs image", {
  bind: { object: fields("selinux propagation create_host_path=flag recursive"), name: "bind" },
  volume: { object: fields("labels=textMap nocopy=flag subpath") },
  tmpfs: { object: fields("size=bytes mode=uint32") },
  image: { object: fields("subpath") },
});

const fileReference = fields("source target uid gid mode=mode!");

export const HEALTHCHECK: Shape = fields(
  "test=test timeout=duration! interval=duration! retries=uint64! start_period=duration! start_interval=duration! disable=flag",
);

export const ULIMIT: Shape = fields("soft=int hard=int");

const hook: Shape = [always("command", "words"), ...fields("user privileged=flag working_dir environment=nullMap")];

const serviceNetwork = fields(
  "aliases=texts driver_opts=textMap gw_priority=int interface_name ipv4_address ipv6_address link_local_ips=texts mac_address priority=int",
);

const deviceRequest = fields("capabilities=texts driver count=count device_ids=texts options=textMap");

/** Shapes whose own fields (`x-…`) Docker Compose drops. */
export const CLOSED: ReadonlySet<Shape> = new Set([deviceRequest]);

const genericResource = fields("discrete_resource_spec", {
  discrete_resource_spec: {
    object: [
      { key: "kind", kind: "text", keep: "set" },
      { key: "value", kind: "int", keep: "set" },
    ],
  },
});

const resource = fields("cpus=float memory=bytes pids=int devices generic_resources", {
  devices: { list: { object: deviceRequest } },
  generic_resources: { list: { object: genericResource } },
});

const updateConfig = fields(
  "parallelism=uint64! delay=duration failure_action monitor=duration max_failure_ratio=float order",
);

const placement = fields("constraints=texts preferences max_replicas_per_node=uint64", {
  preferences: { list: { object: fields("spread") } },
});

const deploy: Shape = [
  ...fields("mode replicas=int! labels=textMap update_config rollback_config", {
    update_config: { object: updateConfig },
    rollback_config: { object: updateConfig },
  }),
  always("resources", {
    object: fields("limits reservations", { limits: { object: resource }, reservations: { object: resource } }),
  }),
  ...fields("restart_policy", {
    restart_policy: { object: fields("condition delay=duration! max_attempts=uint64! window=duration!") },
  }),
  always("placement", { object: placement }),
  ...fields("endpoint_mode"),
];

function blkio(amount: string, kind: Kind): Kind {
  const key = amount.toLowerCase();
  return {
    list: {
      object: [
        { ...always("path", "text"), encodedAs: "Path" },
        { ...always(key, kind), encodedAs: amount },
      ],
    },
  };
}

const blkioConfig = fields(
  "weight=uint16 weight_device device_read_bps device_read_iops device_write_bps device_write_iops",
  {
    weight_device: blkio("Weight", "uint16"),
    device_read_bps: blkio("Rate", "bytes"),
    device_read_iops: blkio("Rate", "bytes"),
    device_write_bps: blkio("Rate", "bytes"),
    device_write_iops: blkio("Rate", "bytes"),
  },
);

const watch: Shape = [
  always("path", "text"),
  always("action", "text"),
  ...fields("target"),
  always("exec", { object: hook }),
  ...fields("include=texts ignore=texts initial_sync=flag"),
];

const build = fields(
  "context dockerfile dockerfile_inline entitlements=texts args=nullMap provenance sbom ssh=sshKeys labels=textMap cache_from=texts cache_to=texts no_cache=flag additional_contexts=textMap pull=flag extra_hosts=hosts isolation network target secrets shm_size=bytes tags=texts ulimits platforms=texts privileged=flag",
  { secrets: { list: { object: fileReference } }, ulimits: { map: "ulimit" } },
);

const dependency: Shape = [always("condition", "text"), ...fields("restart=flag"), always("required", "flag")];

/** Keys of a service that never enter its config hash. */
export const UNHASHED: ReadonlySet<string> = new Set(["build", "depends_on", "profiles", "pull_policy", "scale"]);

export const SERVICE: Shape = [
  ...fields("profiles=texts annotations=textMap attach=flag! build develop blkio_config", {
    build: { object: build },
    develop: { object: fields("watch", { watch: { list: { object: watch } } }) },
    blkio_config: { object: blkioConfig },
  }),
  ...fields("cap_add=texts cap_drop=texts cgroup_parent cgroup cpu_count=int cpu_percent=float cpu_period=int"),
  ...fields("cpu_quota=int cpu_rt_period=int cpu_rt_runtime=int cpus=float cpuset cpu_shares=int"),
  always("command", "words"),
  ...fields("configs container_name credential_spec depends_on deploy device_cgroup_rules=texts devices", {
    configs: { list: { object: fileReference } },
    credential_spec: { object: fields("config file registry") },
    depends_on: { map: { object: dependency } },
    deploy: { object: deploy },
    devices: { list: { object: fields("source target permissions") } },
  }),
  ...fields("dns=texts dns_opt=texts dns_search=texts domainname"),
  always("entrypoint", "words"),
  ...fields(
    "provider environment=nullMap env_file expose=anyTexts extends external_links=texts extra_hosts=hosts group_add=texts gpus",
    {
      env_file: { list: "envFile" },
      extends: { object: fields("file service") },
      provider: { object: fields("type options", { options: { map: "anyTexts" } }) },
      gpus: { list: { object: deviceRequest } },
    },
  ),
  ...fields("hostname healthcheck image init=flag! ipc isolation labels=textMap label_file=texts links=texts logging", {
    healthcheck: { object: HEALTHCHECK },
    logging: { object: fields("driver options=textMap") },
  }),
  ...fields("mem_limit=bytes mem_reservation=bytes memswap_limit=bytes mem_swappiness=bytes mac_address models", {
    models: { map: { object: fields("endpoint_var model_var") } },
  }),
  ...fields("network_mode networks oom_kill_disable=flag oom_score_adj=int pid pids_limit=int platform ports", {
    networks: { map: { object: serviceNetwork } },
    ports: { list: { object: port } },
  }),
  ...fields("privileged=flag pull_policy read_only=flag restart runtime scale=int! secrets security_opt=texts", {
    secrets: { list: { object: fileReference } },
  }),
  ...fields("shm_size=bytes stdin_open=flag stop_grace_period=duration! stop_signal storage_opt=textMap"),
  ...fields("sysctls=textMap tmpfs=texts tty=flag ulimits use_api_socket=flag user userns_mode uts volume_driver", {
    ulimits: { map: "ulimit" },
  }),
  ...fields("volumes volumes_from=texts working_dir pre_start post_start pre_stop", {
    volumes: { list: { object: mount } },
    pre_start: { list: { object: hook } },
    post_start: { list: { object: hook } },
    pre_stop: { list: { object: hook } },
  }),
];

export const NETWORK: Shape = [
  ...fields("name driver driver_opts=textMap"),
  always("ipam", {
    object: fields("driver config", {
      config: { list: { object: fields("subnet gateway ip_range aux_addresses=textMap") } },
    }),
  }),
  ...fields("external=flag internal=flag attachable=flag labels=textMap enable_ipv4=flag! enable_ipv6=flag!"),
];

export const VOLUME: Shape = fields("name driver driver_opts=textMap external=flag labels=textMap");

export const FILE_OBJECT: Shape = fields(
  "name file environment content external=flag labels=textMap driver driver_opts=textMap template_driver",
);

export const MODEL: Shape = fields("name model context_size=int runtime_flags=texts");
