import { expect, test } from "bun:test";
import type { ContainerRequest } from "../../src/docker/container-request.ts";
import { mountOptions } from "../../src/docker/mount-options.ts";
import type { Mount, Project, Service } from "../../src/project.ts";
import { sampleProject } from "../support/sample-project.ts";

function mountsOf(service: Partial<Service>, project: Partial<Project> = {}, apiVersion = "1.41") {
  const base = sampleProject({ web: service });
  const request: ContainerRequest = {
    project: { ...base, ...project },
    operation: {
      kind: "create-container",
      serviceName: "web",
      number: 1,
      name: "n",
      finalName: "n",
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
  return mountOptions(request, full);
}

const volume = (mount: Partial<Mount>): Partial<Service> => ({
  volumes: [{ type: "volume", target: "/data", ...mount }],
});
const bind = (mount: Partial<Mount>): Partial<Service> => ({
  volumes: [{ type: "bind", source: "/host", target: "/data", ...mount }],
});

test("a plain named volume is a bind by its Engine name", () => {
  expect(mountsOf(volume({ source: "data", read_only: true }))).toEqual({ Binds: ["shop_data:/data:ro"] });
});

test("a named volume with options of its own needs the Mount API", () => {
  expect(mountsOf(volume({ source: "data", volume: { nocopy: true } }))).toEqual({
    Mounts: [
      { Type: "volume", Source: "shop_data", Target: "/data", ReadOnly: false, VolumeOptions: { NoCopy: true } },
    ],
  } as object);
});

test("an anonymous volume is a mount without a source", () => {
  expect(mountsOf(volume({ volume: {} })).Mounts).toEqual([
    { Type: "volume", Source: "", Target: "/data", ReadOnly: false, VolumeOptions: {} },
  ] as never);
});

test("a host path is created by the Engine unless the file says otherwise", () => {
  expect(mountsOf(bind({})).Binds).toEqual(["/host:/data:rw"]);
  expect(mountsOf(bind({ bind: { create_host_path: true, selinux: "Z" } })).Binds).toEqual(["/host:/data:rw,Z"]);
  expect(mountsOf(bind({ bind: {} }))).toMatchObject({ Mounts: [{ Type: "bind", BindOptions: {} }] });
  expect(mountsOf(bind({ bind: { create_host_path: true, propagation: "rslave" } })).Mounts).toMatchObject([
    { BindOptions: { Propagation: "rslave", CreateMountpoint: true } },
  ]);
});

test("memory is mounted both ways", () => {
  const service = {
    volumes: [{ type: "tmpfs", target: "/cache", tmpfs: { size: "1024", mode: 0o700 } }],
    tmpfs: ["/run", "/tmp:size=1m,mode=1777"],
  };
  expect(mountsOf(service)).toMatchObject({
    Mounts: [{ Type: "tmpfs", Target: "/cache", TmpfsOptions: { SizeBytes: 1024, Mode: 0o700 } }],
    Tmpfs: { "/run": "", "/tmp": "size=1m,mode=1777" },
  });
});

test("config and secret files are read-only mounts at their targets, after what already sits there", () => {
  const service = {
    volumes: [{ type: "bind", source: "/mine", target: "/taken" }],
    configs: [{ source: "app" }, { source: "app", target: "etc/app" }, { source: "app", target: "/taken" }],
    secrets: [{ source: "token" }, { source: "token", target: "other" }],
  };
  const files = { configs: { app: { file: "/f/app" } }, secrets: { token: { file: "/f/token" } } };
  expect(mountsOf(service, files).Mounts).toEqual([
    { Type: "bind", Source: "/f/app", Target: "/app", ReadOnly: true },
    { Type: "bind", Source: "/f/app", Target: "/etc/app", ReadOnly: true },
    { Type: "bind", Source: "/f/token", Target: "/run/secrets/other", ReadOnly: true, BindOptions: {} },
    { Type: "bind", Source: "/f/token", Target: "/run/secrets/token", ReadOnly: true, BindOptions: {} },
  ] as never);
});

test("what is put in before the start isn't mounted", () => {
  const service = { configs: [{ source: "app" }] };
  expect(mountsOf(service, { configs: { app: { content: "x" } } })).toEqual({});
});

test("an image can be mounted on a new Engine only", () => {
  const service = { volumes: [{ type: "image", source: "assets:1", target: "/a", image: { subpath: "x" } }] };
  expect(() => mountsOf(service)).toThrow("needs Docker Engine 28");
  expect(mountsOf(service, {}, "1.48").Mounts).toMatchObject([
    { Type: "image", ImageOptions: { Subpath: "x" } },
  ] as never);
});

test("volumes come from a service's container by id and from a foreign one by name", () => {
  expect(mountsOf({ volumes_from: ["db:ro", "container:other:ro"] }).VolumesFrom).toEqual(["dbid", "other"]);
});
