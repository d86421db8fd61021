import { describe, expect, test } from "bun:test";
import { containerOptions } from "../../src/docker/container-options.ts";
import type { ContainerRequest } from "../../src/docker/container-request.ts";
import type { ObservedContainer, ObservedState } from "../../src/observed-state.ts";
import type { Project, Service } from "../../src/project.ts";
import { sampleProject } from "../support/sample-project.ts";

const observed: ObservedState = {
  project: "shop",
  containers: [],
  networks: [],
  volumes: [],
  images: {
    "web:1": {
      id: "sha256:i",
      repoDigests: [],
      volumes: ["/declared"],
      hasHealthcheck: false,
      labels: {},
      os: "linux",
      architecture: "amd64",
    },
  },
};

interface Change {
  readonly project?: Partial<Project>;
  readonly request?: Partial<ContainerRequest>;
  readonly replaces?: string;
  readonly renewVolumes?: true;
}

function optionsOf(service: Partial<Service>, { project, request, replaces, renewVolumes }: Change = {}) {
  const base = sampleProject({ web: { restart: undefined, ...service } });
  return containerOptions({
    project: { ...base, ...project },
    operation: {
      kind: "create-container",
      serviceName: "web",
      number: 2,
      name: "tmp_shop-web-2",
      finalName: "shop-web-2",
      replaces: replaces ?? null,
      ...(renewVolumes ? { renewVolumes } : {}),
      configHash: "h",
      imageId: null,
      shares: {},
    },
    observed,
    apiVersion: "1.41",
    labels: {},
    containerIds: { db: "dbid" },
    seccompProfiles: { "./profile.json": "{}" },
    ...request,
  });
}

const hostOf = (service: Partial<Service>, change?: Change) => optionsOf(service, change).body.HostConfig ?? {};
const bodyOf = (service: Partial<Service>, change?: Change) => optionsOf(service, change).body;

describe("the process", () => {
  test("the container is created under the operation's name and known by its final one", () => {
    const { query, body } = optionsOf({});
    expect(query).toEqual({ name: "tmp_shop-web-2" });
    expect(body.NetworkingConfig?.EndpointsConfig?.["shop_default"]?.Aliases).toEqual(["shop-web-2", "web"]);
  });
  test("an absent command keeps the image's own, an empty one clears it", () => {
    expect(bodyOf({})).not.toContainKeys(["Cmd"]);
    expect(bodyOf({ command: [], entrypoint: [] })).toMatchObject({ Cmd: [], Entrypoint: [] });
    expect(bodyOf({ command: ["a", "b c"] }).Cmd).toEqual(["a", "b c"]);
  });
  test("a variable without a value is passed bare, an empty one with its equals sign", () => {
    expect(bodyOf({ environment: { A: "1", B: "", C: null } }).Env).toEqual(["A=1", "B=", "C"]);
  });
  test("output is attached and input is not", () => {
    expect(bodyOf({ tty: true, stdin_open: true })).toMatchObject({
      AttachStdin: false,
      AttachStdout: true,
      AttachStderr: true,
      StdinOnce: false,
      OpenStdin: true,
      Tty: true,
    });
  });
  test("the grace period is whole seconds", () => {
    expect(bodyOf({ stop_grace_period: "1m30.9s", stop_signal: "SIGINT" })).toMatchObject({
      StopTimeout: 90,
      StopSignal: "SIGINT",
    });
    expect(bodyOf({})).not.toContainKeys(["StopTimeout"]);
  });
  test("a platform is asked for in the query", () => {
    expect(optionsOf({ platform: "linux/arm64" }).query).toMatchObject({ platform: "linux/arm64" });
  });
});

describe("restart", () => {
  test("nothing is said when the file says nothing", () => {
    expect(hostOf({})).not.toContainKeys(["RestartPolicy"]);
  });
  test("on-failure keeps its count", () => {
    expect(hostOf({ restart: "on-failure:3" }).RestartPolicy).toEqual({ Name: "on-failure", MaximumRetryCount: 3 });
  });
  test("deploy.restart_policy wins", () => {
    const deploy = { restart_policy: { condition: "any", max_attempts: 2 } };
    expect(hostOf({ restart: "no", deploy }).RestartPolicy).toEqual({ Name: "always", MaximumRetryCount: 2 });
    expect(hostOf({ deploy: { restart_policy: { condition: "none" } } }).RestartPolicy?.Name).toBe("no");
  });
});

describe("labels", () => {
  test("Compose's own win over the file's and ours", () => {
    const labels = bodyOf(
      { labels: { a: "b", "com.docker.compose.service": "fake" } },
      { request: { labels: { "io.tallyman.stack": "shop", a: "ours" } } },
    ).Labels;
    expect(labels).toMatchObject({
      a: "ours",
      "io.tallyman.stack": "shop",
      "com.docker.compose.service": "web",
      "com.docker.compose.container-number": "2",
      "com.docker.compose.config-hash": "h",
      "com.docker.compose.image": "sha256:i",
      "com.docker.compose.oneoff": "False",
    });
    expect(labels).not.toContainKeys(["com.docker.compose.replace", "com.docker.compose.project.environment_file"]);
  });
  test("dependencies are sorted and a replacement is marked", () => {
    const depends_on = {
      redis: { condition: "service_started", required: true, restart: true },
      db: { condition: "service_healthy", required: true },
    } as const;
    expect(bodyOf({ depends_on }, { replaces: "old" }).Labels).toMatchObject({
      "com.docker.compose.depends_on": "db:service_healthy:false,redis:service_started:true",
      "com.docker.compose.replace": "web-2",
    });
  });
  test("environment files are named as given", () => {
    expect(bodyOf({}, { project: { envFiles: ["a.env", "b.env"] } }).Labels).toMatchObject({
      "com.docker.compose.project.environment_file": "a.env,b.env",
    });
  });
});

describe("healthcheck", () => {
  test("durations become nanoseconds and what isn't set is left out", () => {
    const healthcheck = { test: ["CMD", "true"], interval: "1m30s", retries: 3 };
    expect(bodyOf({ healthcheck }).Healthcheck).toEqual({ Test: ["CMD", "true"], Interval: 90e9, Retries: 3 });
  });
  test("disabled says NONE", () => {
    expect(bodyOf({ healthcheck: { disable: true } }).Healthcheck).toEqual({ Test: ["NONE"] });
  });
  test("a start interval needs a newer Engine and a start period", () => {
    const healthcheck = { test: ["CMD", "true"], start_interval: "1s" };
    expect(() => bodyOf({ healthcheck })).toThrow("services.web.healthcheck.start_interval needs Docker Engine 25");
    const newer = { request: { apiVersion: "1.44" } };
    expect(() => bodyOf({ healthcheck }, newer)).toThrow("requires start_period");
    expect(bodyOf({ healthcheck: { ...healthcheck, start_period: "5s" } }, newer).Healthcheck).toMatchObject({
      StartInterval: 1e9,
      StartPeriod: 5e9,
    });
  });
});

describe("ports", () => {
  test("exposed and published ports are opened, ranges in full", () => {
    const service = {
      expose: ["3000-3001", "53/udp"],
      ports: [{ target: 80, published: "8080", protocol: "tcp", host_ip: "127.0.0.1" }],
    };
    expect(bodyOf(service).ExposedPorts).toEqual({ "3000/tcp": {}, "3001/tcp": {}, "53/udp": {}, "80/tcp": {} });
    expect(hostOf(service).PortBindings).toEqual({ "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8080" }] });
  });
  test("a port without a host side is left to the Engine, and one may be published twice", () => {
    const ports = [{ target: 80 }, { target: 80, published: "81", protocol: "tcp" }];
    expect(hostOf({ ports }).PortBindings).toEqual({
      "80/tcp": [
        { HostIp: "", HostPort: "" },
        { HostIp: "", HostPort: "81" },
      ],
    });
  });
});

describe("limits", () => {
  test("deploy.resources win over the older keys", () => {
    const deploy = {
      resources: { limits: { cpus: "0.5", memory: "1073741824", pids: 7 }, reservations: { memory: "1024" } },
    };
    expect(hostOf({ cpus: 2, mem_limit: "1", pids_limit: 9, deploy })).toMatchObject({
      NanoCpus: 500_000_000,
      Memory: 1_073_741_824,
      PidsLimit: 7,
      MemoryReservation: 1024,
      OomKillDisable: false,
    });
  });
  test("CPUs are counted in 32-bit floats as Compose does", () => {
    expect(hostOf({ cpus: 0.1 }).NanoCpus).toBe(100_000_000);
    expect(hostOf({ cpus: 0.7 }).NanoCpus).toBe(Math.fround(Math.fround(0.7) * 1e9));
  });
  test("no swap limit is passed on as -1", () => {
    expect(hostOf({ memswap_limit: "-1", mem_swappiness: 0 })).toMatchObject({ MemorySwap: -1 });
    expect(hostOf({ mem_swappiness: 0 })).not.toContainKeys(["MemorySwappiness"]);
  });
  test("ulimits are soft and hard, also at zero", () => {
    expect(hostOf({ ulimits: { core: 0, nofile: { soft: 1, hard: 2 } } }).Ulimits).toEqual([
      { Name: "core", Soft: 0, Hard: 0 },
      { Name: "nofile", Soft: 1, Hard: 2 },
    ]);
  });
});

describe("security and devices", () => {
  test("a seccomp profile is sent as its content and unmasked paths as empty lists", () => {
    const security_opt = ["seccomp=./profile.json", "no-new-privileges", "systempaths=unconfined"];
    expect(hostOf({ security_opt })).toMatchObject({
      SecurityOpt: ["seccomp={}", "no-new-privileges"],
      MaskedPaths: [],
      ReadonlyPaths: [],
    });
    expect(hostOf({ security_opt: ["seccomp=unconfined", "label:disable"] }).SecurityOpt).toEqual([
      "seccomp=unconfined",
      "label:disable",
    ]);
  });
  test("capabilities are written as Docker's clients write them", () => {
    expect(hostOf({ cap_add: ["sys_time", "CAP_NET_ADMIN", "NET_ADMIN"], cap_drop: ["all"] })).toMatchObject({
      CapAdd: ["CAP_NET_ADMIN", "CAP_SYS_TIME"],
      CapDrop: ["ALL"],
    });
  });
  test("a bare word is no security option", () => {
    expect(() => hostOf({ security_opt: ["nonsense"] })).toThrow('invalid security-opt: "nonsense"');
  });
  test("a service's namespace is shared by its container's id", () => {
    expect(hostOf({ ipc: "service:db", pid: "host" })).toMatchObject({ IpcMode: "container:dbid", PidMode: "host" });
  });
  test("devices are mapped, CDI names and GPUs requested", () => {
    const service = {
      devices: [{ source: "/dev/a", target: "/dev/b", permissions: "r" }, { source: "vendor.com/gpu=all" }],
      gpus: [{ count: -1, capabilities: ["compute"] }],
    };
    expect(hostOf(service)).toMatchObject({
      Devices: [{ PathOnHost: "/dev/a", PathInContainer: "/dev/b", CgroupPermissions: "r" }],
      DeviceRequests: [
        { Count: -1, Capabilities: [["compute", "gpu"]] },
        { Driver: "cdi", DeviceIDs: ["vendor.com/gpu=all"] },
      ],
    });
  });
});

test("a carried-over volume goes to where the image declares it, unless the file mounts something there", () => {
  const old = {
    id: "old",
    mounts: [
      { type: "volume", source: "v1", target: "/declared", readOnly: false },
      { type: "volume", source: "v2", target: "/elsewhere", readOnly: false },
    ],
  } as unknown as ObservedContainer;
  const request = { observed: { ...observed, containers: [old] } };
  expect(hostOf({}, { request, replaces: "old" }).Mounts).toEqual([
    { Type: "volume", Source: "v1", Target: "/declared", ReadOnly: false },
  ]);
  const volumes = [{ type: "bind", source: "/host", target: "/declared" }];
  expect(hostOf({ volumes }, { request, replaces: "old" })).toMatchObject({ Binds: ["/host:/declared:rw"] });
  expect(hostOf({ volumes }, { request, replaces: "old" })).not.toContainKeys(["Mounts"]);
  expect(hostOf({}, { request, replaces: "old", renewVolumes: true })).not.toContainKeys(["Mounts"]);
});
