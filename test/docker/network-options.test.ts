import { expect, test } from "bun:test";
import type { ContainerRequest } from "../../src/docker/container-request.ts";
import { networkOptions } from "../../src/docker/network-options.ts";
import type { Project, Service } from "../../src/project.ts";
import { sampleProject } from "../support/sample-project.ts";

const NETWORKS: Project["networks"] = {
  a: { name: "shop_a", ipam: {} },
  b: { name: "renamed", ipam: {} },
};

function networksOf(
  service: Partial<Service>,
  apiVersion = "1.41",
  project: Partial<Project> = { networks: NETWORKS },
) {
  const base = sampleProject({ web: service, db: { scale: 2 } });
  const request: ContainerRequest = {
    project: { ...base, ...project },
    operation: {
      kind: "create-container",
      serviceName: "web",
      number: 1,
      name: "t",
      finalName: "f",
      replaces: null,
      configHash: "",
      imageId: null,
      shares: {},
    },
    observed: { project: "shop", containers: [], networks: [], volumes: [], images: {} },
    apiVersion,
    labels: {},
    containerIds: { db: "dbid" },
    seccompProfiles: {},
  };
  const full = request.project.services["web"];
  if (!full) throw new Error("no service");
  return networkOptions(request, full);
}

test("the network of the highest priority comes first, then the alphabet", () => {
  expect(networksOf({ networks: { a: null, b: null } }).hostConfig.NetworkMode).toBe("shop_a");
  expect(networksOf({ networks: { a: null, b: { priority: 10 } } }).hostConfig.NetworkMode).toBe("renamed");
});

test("before API 1.44 one network is given at create and the others are connected afterwards", () => {
  const old = networksOf({ networks: { a: null, b: null } });
  expect(Object.keys(old.endpoints)).toEqual(["shop_a"]);
  expect(old.later.map(({ network }) => network)).toEqual(["renamed"]);
  const newer = networksOf({ networks: { a: null, b: null } }, "1.44");
  expect(Object.keys(newer.endpoints)).toEqual(["shop_a", "renamed"]);
  expect(newer.later).toEqual([]);
});

test("an endpoint has its names, addresses and driver options", () => {
  const network = {
    aliases: ["api"],
    ipv4_address: "10.0.0.5",
    link_local_ips: ["169.254.0.1"],
    driver_opts: { x: "y" },
    gw_priority: 3,
  };
  expect(networksOf({ networks: { a: network } }).endpoints["shop_a"]).toEqual({
    Aliases: ["f", "web", "api"],
    IPAddress: "10.0.0.5",
    IPAMConfig: { IPv4Address: "10.0.0.5", LinkLocalIPs: ["169.254.0.1"] },
    DriverOpts: { x: "y" },
  } as never);
  const named = { ...network, interface_name: "eth9" };
  expect(networksOf({ networks: { a: named } }, "1.49").endpoints["shop_a"]).toMatchObject({
    DriverOpts: { x: "y", "com.docker.network.endpoint.ifname": "eth9" },
    GwPriority: 3,
  });
});

test("a hardware address belongs to the container on an old Engine and to the first endpoint on a new one", () => {
  const service = { mac_address: "02:00:00:00:00:01", networks: { a: null, b: null } };
  expect(networksOf(service).macAddress).toBe("02:00:00:00:00:01");
  const newer = networksOf(service, "1.44");
  expect(newer.macAddress).toBeUndefined();
  expect(newer.endpoints["shop_a"]?.MacAddress).toBe("02:00:00:00:00:01");
  expect(newer.endpoints["renamed"]?.MacAddress).toBeUndefined();
});

test("two hardware addresses of one place are refused, and two at all where an old Engine takes one", () => {
  const mac = (mac_address: string) => ({ mac_address });
  const contrary = { ...mac("02:00:00:00:00:01"), networks: { a: mac("02:00:00:00:00:02"), b: null } };
  expect(() => networksOf(contrary, "1.44")).toThrow(
    "services.web: the service-level mac_address should have the same value as network a",
  );
  expect(() => networksOf({ ...contrary, ...mac("02:00:00:00:00:02") }, "1.44")).not.toThrow();
  const both = { networks: { a: mac("02:00:00:00:00:01"), b: mac("02:00:00:00:00:02") } };
  expect(() => networksOf(both, "1.44")).not.toThrow();
  expect(() => networksOf(both)).toThrow(
    "services.web: a MAC address is specified for multiple networks (a, b), but this feature requires Docker Engine v25 or later",
  );
});

test("an interface name that an old Engine would ignore is refused", () => {
  const named = { networks: { a: { interface_name: "eth7" } } };
  expect(() => networksOf(named, "1.49")).not.toThrow();
  expect(() => networksOf(named, "1.48")).toThrow(
    "services.web.networks.a: interface_name requires Docker Engine v28.1 or later",
  );
});

test("a network mode is passed on, a service's by the id of its container", () => {
  expect(networksOf({ networks: undefined, network_mode: "host" })).toMatchObject({
    endpoints: {},
    hostConfig: { NetworkMode: "host" },
  });
  expect(networksOf({ networks: undefined, network_mode: "service:db" }).hostConfig.NetworkMode).toBe("container:dbid");
});

test("a project without any network runs without one", () => {
  expect(networksOf({ networks: undefined }, "1.41", { networks: {} }).hostConfig.NetworkMode).toBe("none");
});

test("links name every container of the linked service in three ways", () => {
  const { endpoints, hostConfig } = networksOf({
    networks: { a: null },
    links: ["db:store"],
    external_links: ["old:o", "x"],
  });
  const expected = [
    "shop-db-1:store",
    "shop-db-1:db-1",
    "shop-db-1:shop-db-1",
    "shop-db-2:store",
    "shop-db-2:db-1",
    "shop-db-2:shop-db-1",
    "old:o",
    "x:x",
  ];
  expect(endpoints["shop_a"]?.Links).toEqual(expected);
  expect(hostConfig.Links).toEqual(expected);
});

test("extra hosts are written with a colon, also for IPv6", () => {
  const extra_hosts = ["a=1.2.3.4", "b=[::1]", "c=host-gateway", "d=fe80::1"];
  expect(networksOf({ networks: { a: null }, extra_hosts }).hostConfig.ExtraHosts).toEqual([
    "a:1.2.3.4",
    "b:::1",
    "c:host-gateway",
    "d:fe80::1",
  ]);
});

test("trap 25: on every network it is known by its service's name and its final name, whatever it is created under", () => {
  const { endpoints } = networksOf({ networks: { a: null, b: { aliases: ["api"] } } }, "1.44");
  expect(Object.values(endpoints).map(({ Aliases }) => [...(Aliases ?? [])].sort())).toEqual([
    ["f", "web"],
    ["api", "f", "web"],
  ]);
});
