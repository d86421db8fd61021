import { describe, expect, test } from "bun:test";
import { hostDifferences } from "../../src/docker/host-differences.ts";
import { limitDifferences } from "../../src/docker/limit-differences.ts";
import { mountDifferences } from "../../src/docker/mount-differences.ts";
import { networkDifferences, portDifferences } from "../../src/docker/network-differences.ts";
import { processDifferences } from "../../src/docker/process-differences.ts";
import type { Difference } from "../../src/engine.ts";

const told = (found: readonly Difference[]): readonly string[] =>
  found.map(({ field, wanted, found: has }) => `${field}: ${wanted} → ${has}`);

describe("limits", () => {
  test("absent, null, 0 and -1 are all none", () =>
    expect(limitDifferences({}, { Memory: 0, PidsLimit: null, MemorySwap: -1, CpuShares: 0 })).toEqual([]));
  test("swap that the Engine derives from the memory limit is its own doing", () => {
    expect(limitDifferences({ Memory: 64 }, { Memory: 64, MemorySwap: 128 })).toEqual([]);
    expect(told(limitDifferences({ Memory: 64 }, { Memory: 32, MemorySwap: 64 }))).toEqual(["memory limit: 64 → 32"]);
  });
  test("what the kernel does not know the Engine leaves out", () =>
    expect(limitDifferences({ OomKillDisable: true, MemorySwappiness: 5 }, { OomKillDisable: null })).toEqual([]));
  test("64 MiB of shared memory is what nobody asked for", () =>
    expect(limitDifferences({}, { ShmSize: 64 * 2 ** 20 })).toEqual([]));
  test("a ulimit of the daemon's own is left alone", () => {
    const limit = { Name: "nofile", Soft: 1, Hard: 2 };
    expect(limitDifferences({}, { Ulimits: [limit] })).toEqual([]);
    expect(told(limitDifferences({ Ulimits: [limit] }, { Ulimits: [] }))).toEqual(["ulimit nofile: 1:2 → none"]);
  });
});

describe("the host's side", () => {
  test("names that mean the same are the same", () =>
    expect(
      hostDifferences(
        { CapAdd: ["CAP_NET_ADMIN"], ExtraHosts: ["a:10.0.0.1"] },
        { CapAdd: ["net_admin"], ExtraHosts: ["a=10.0.0.1"], RestartPolicy: { Name: "no" }, Runtime: "runc" },
      ),
    ).toEqual([]));
  test("a log option may be a token and is not shown", () =>
    expect(
      told(
        hostDifferences(
          { LogConfig: { Type: "splunk", Config: { "splunk-token": "a" } } },
          { LogConfig: { Type: "splunk", Config: { "splunk-token": "b" } } },
        ),
      ),
    ).toEqual(["log option splunk-token: set → another value"]));
  test("the daemon's own log driver is nobody's difference", () =>
    expect(hostDifferences({}, { LogConfig: { Type: "local", Config: { "max-size": "1m" } } })).toEqual([]));
});

describe("mounts", () => {
  const found = (Mounts: readonly object[], HostConfig = {}) => ({ Mounts, HostConfig });
  const data = { Type: "volume", Name: "shop_data", Destination: "/data", RW: true };
  test("are compared by what is seen, however they were asked for", () =>
    expect(mountDifferences({ Binds: ["shop_data:/data:rw"] }, found([data]), [])).toEqual([]));
  test("of a volume without a name may have any", () =>
    expect(mountDifferences({ Mounts: [{ Type: "volume", Target: "/data" }] }, found([data]), [])).toEqual([]));
  test("that the image brings are not counted", () => {
    expect(mountDifferences({}, found([data]), ["/data"])).toEqual([]);
    expect(told(mountDifferences({}, found([data]), []))).toEqual(["mount /data: none → volume shop_data"]);
  });
  test("that became read-only are told", () =>
    expect(
      told(
        mountDifferences(
          { Binds: ["/a:/b:rw"] },
          found([{ Type: "bind", Source: "/a", Destination: "/b", RW: false }]),
          [],
        ),
      ),
    ).toEqual(["mount /b: bind /a → bind /a, read-only"]));
});

describe("networks and ports", () => {
  const found = (Networks: object) => ({ Name: "/shop-web-1", NetworkSettings: { Networks } });
  const endpoint = (settings: object) => [{ network: "net", settings: settings as never }];
  test("an alias that is missing is told, the container's own name never", () => {
    const place = { net: { Aliases: ["web"] } };
    expect(networkDifferences(endpoint({ Aliases: ["shop-web-1", "web"] }), found(place))).toEqual([]);
    expect(told(networkDifferences(endpoint({ Aliases: ["api"] }), found(place)))).toEqual([
      "alias api in network net: set → not set",
    ]);
  });
  test("a network beside the declared ones is somebody else's business", () =>
    expect(networkDifferences([], found({ other: {} }))).toEqual([]));
  test("every address of the host is no address", () =>
    expect(
      portDifferences(
        { "80/tcp": [{ HostIp: "", HostPort: "80" }] },
        { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "80" }] },
      ),
    ).toEqual([]));
});

describe("the process", () => {
  test("secrets are never shown", () =>
    expect(
      told(processDifferences({ Env: ["A=1", "B=2"], Labels: { x: "1" } }, { Env: ["A=3", "C=4"], Labels: {} })),
    ).toEqual([
      "environment A: set → another value",
      "environment B: set → not set",
      "environment C: not set → set",
      "label x: set → not set",
    ]));
  test("labels of others, of Compose and of ours are not compared", () =>
    expect(
      processDifferences(
        { Labels: { "com.docker.compose.version": "2", "io.tallyman.stack": "a" } },
        { Labels: { foreign: "x", "com.docker.compose.version": "5" } },
      ),
    ).toEqual([]));
  test("the usual stop signal may be named or not", () =>
    expect(processDifferences({}, { StopSignal: "SIGTERM" })).toEqual([]));
});
