import { expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { retainedName, successorName } from "../../src/label.ts";
import type { Project, Service } from "../../src/project.ts";
import { engineApi } from "../support/engine-api.ts";
import { BUSYBOX_IMAGE, createImage } from "../support/images.ts";
import { sampleProject } from "../support/sample-project.ts";
import { createOf, engineRig } from "./engine-rig.ts";

const LIMIT = 120_000;

function project(name: string, services: Readonly<Record<string, Partial<Service>>>): Project {
  const full = Object.entries(services).map(([key, service]) => [
    key,
    { image: BUSYBOX_IMAGE, command: ["sleep", "1000"], restart: undefined, stop_grace_period: "1s", ...service },
  ]);
  return sampleProject(Object.fromEntries(full), name);
}

interface Inspect {
  readonly Id: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>>; readonly User: string };
  readonly HostConfig: { readonly RestartPolicy: { readonly Name: string }; readonly NetworkMode: string };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly Aliases: readonly string[] }>> };
  readonly Mounts: readonly { readonly Name?: string; readonly Destination: string }[];
}

test(
  "a network, a volume and a container are created, observed with Compose's labels and removed twice without harm",
  async () => {
    const shop = project("dk-cycle", { web: { volumes: [{ type: "volume", source: "data", target: "/data" }] } });
    await using rig = await engineRig(shop);
    const network = { networkKey: "default", name: "dk-cycle_default" };
    const volume = { volumeKey: "data", name: "dk-cycle_data" };
    await rig.perform({ kind: "create-network", ...network });
    await rig.perform({ kind: "create-network", ...network });
    await rig.perform({ kind: "create-volume", ...volume });
    const id = await rig.run("web");
    const observed = await rig.observe();
    expect(observed.containers).toMatchObject([
      {
        id,
        name: "dk-cycle-web-1",
        serviceName: "web",
        number: 1,
        oneOff: false,
        state: "running",
        health: "none",
        networks: [{ name: "dk-cycle_default" }],
        mounts: [{ type: "volume", source: "dk-cycle_data", target: "/data", readOnly: false }],
        imageId: observed.images[BUSYBOX_IMAGE]?.id ?? "",
        finishedAt: null,
      },
    ]);
    expect(observed.networks).toMatchObject([
      { name: "dk-cycle_default", labels: { "com.docker.compose.network": "default" } },
    ]);
    expect(observed.volumes).toMatchObject([
      { name: "dk-cycle_data", labels: { "com.docker.compose.volume": "data" } },
    ]);
    const container = { serviceName: "web", number: 1, container: { id, name: "web" } };
    expect((await rig.perform({ kind: "remove-network", ...network })).warnings).toEqual([
      "Network dk-cycle_default is still in use; it stays.",
    ]);
    for (const _ of [1, 2]) {
      await rig.perform({ kind: "stop-container", ...container });
      await rig.perform({ kind: "remove-container", ...container });
      await rig.perform({ kind: "remove-network", ...network });
      await rig.perform({ kind: "remove-volume", ...volume });
    }
    const after = await rig.observe();
    expect([after.containers, after.networks, after.volumes]).toEqual([[], [], []]);
  },
  LIMIT,
);

test(
  "a container gets the labels, aliases and every network that Docker Compose gives it",
  async () => {
    const shop: Project = {
      ...project("dk-labels", {
        db: {},
        web: {
          networks: { back: { aliases: ["api"] }, front: null },
          depends_on: { db: { condition: "service_started", required: true } },
        },
      }),
      networks: { back: { name: "dk-labels_back", ipam: {} }, front: { name: "dk-labels_front", ipam: {} } },
    };
    await using rig = await engineRig(shop);
    for (const key of ["back", "front"])
      await rig.perform({ kind: "create-network", networkKey: key, name: `dk-labels_${key}` });
    const { containerId } = await rig.perform(createOf(shop, "web"), { labels: { "io.tallyman.stack": "shop" } });
    const inspect = await engineApi<Inspect>(rig.host, `/containers/${containerId}/json`);
    expect(inspect.Config.Labels).toEqual({
      "com.docker.compose.config-hash": "0".repeat(64),
      "com.docker.compose.container-number": "1",
      "com.docker.compose.depends_on": "db:service_started:false",
      "com.docker.compose.image": (await rig.observe()).images[BUSYBOX_IMAGE]?.id ?? "",
      "com.docker.compose.oneoff": "False",
      "com.docker.compose.project": "dk-labels",
      "com.docker.compose.project.config_files": "/srv/dk-labels/compose.yaml",
      "com.docker.compose.project.working_dir": "/srv/dk-labels",
      "com.docker.compose.service": "web",
      "com.docker.compose.version": "2.40.3",
      "io.tallyman.stack": "shop",
    });
    const { Networks } = inspect.NetworkSettings;
    expect(Networks["dk-labels_back"]?.Aliases).toEqual(expect.arrayContaining(["dk-labels-web-1", "web", "api"]));
    expect(Networks["dk-labels_front"]?.Aliases).toEqual(expect.arrayContaining(["dk-labels-web-1", "web"]));
  },
  LIMIT,
);

test(
  "a successor takes its predecessor's place and the way back restores the same container",
  async () => {
    const shop = project("dk-swap", { web: { networks: {}, network_mode: "none", restart: "always" } });
    await using rig = await engineRig(shop);
    const old = await rig.run("web");
    const final = "dk-swap-web-1";
    const create = { ...createOf(shop, "web"), name: successorName(final, old), replaces: old };
    const created = (await rig.perform(create)).containerId ?? "";
    const predecessor = { serviceName: "web", number: 1, container: { id: old, name: final } };
    const successor = { serviceName: "web", number: 1, container: { createdBy: 0, name: final } };
    const own = { created: new Map([[0, created]]) };
    await rig.perform({ kind: "stop-container", ...predecessor });
    await rig.perform({ kind: "set-restart-policy", ...predecessor, policy: "no" });
    await rig.perform({ kind: "rename-container", ...predecessor, newName: retainedName(final, old) });
    await rig.perform({ kind: "rename-container", ...successor, newName: final }, own);
    await rig.perform({ kind: "rename-container", ...successor, newName: final }, own);
    await rig.perform({ kind: "start-container", ...successor }, own);
    await rig.perform({ kind: "start-container", ...successor }, own);
    expect((await rig.observe()).containers).toMatchObject([
      { id: created, name: final, state: "running", labels: { "com.docker.compose.replace": "web-1" } },
      { id: old, name: retainedName(final, old), state: "exited", restartPolicy: "no" },
    ]);
    await rig.perform({ kind: "remove-container", ...successor }, own);
    await rig.perform({ kind: "rename-container", ...predecessor, newName: final });
    await rig.perform({ kind: "set-restart-policy", ...predecessor, policy: "as-declared" });
    await rig.perform({ kind: "start-container", ...predecessor });
    expect((await rig.observe()).containers).toMatchObject([
      { id: old, name: final, state: "running", restartPolicy: "always" },
    ]);
  },
  LIMIT,
);

test(
  "data in a volume that only the image names survives the replacement of its container",
  async () => {
    const image = "tallyman-test/with-volume:1";
    const shop = project("dk-carry", { db: { image, networks: {}, network_mode: "none" } });
    await using rig = await engineRig(shop);
    await createImage(rig.host, { reference: image, changes: ["VOLUME /data"] });
    const old = await rig.run("db");
    const before = await engineApi<Inspect>(rig.host, `/containers/${old}/json`);
    const create = { ...createOf(shop, "db"), name: successorName("dk-carry-db-1", old), replaces: old };
    const { containerId } = await rig.perform(create);
    const after = await engineApi<Inspect>(rig.host, `/containers/${containerId}/json`);
    expect(before.Mounts).toHaveLength(1);
    expect(after.Mounts[0]?.Name).toBe(before.Mounts[0]?.Name ?? "none");
  },
  LIMIT,
);

test(
  "a service shares the namespace of the container that the plan names",
  async () => {
    const shop = project("dk-share", {
      app: { networks: {}, network_mode: "none" },
      side: { networks: undefined, network_mode: "service:app", pid: "service:app" },
    });
    await using rig = await engineRig(shop);
    const app = await rig.run("app");
    const shares = { app: { id: app, name: "dk-share-app-1" } };
    const { containerId } = await rig.perform({ ...createOf(shop, "side"), shares });
    const inspect = await engineApi<Inspect>(rig.host, `/containers/${containerId}/json`);
    expect(inspect.HostConfig.NetworkMode).toBe(`container:${app}`);
  },
  LIMIT,
);

test(
  "configs and secrets without a file are put into the container before it starts",
  async () => {
    const base = project("dk-inject", {
      web: {
        networks: {},
        network_mode: "none",
        command: ["sh", "-c", "cat /etc/motd /run/secrets/token; stat -c '%a %u' /run/secrets/token"],
        configs: [{ source: "motd", target: "/etc/motd" }],
        secrets: [{ source: "token", uid: "7", mode: "0400" }],
      },
    });
    const shop: Project = {
      ...base,
      configs: { motd: { content: "hello\n" } },
      secrets: { token: { environment: "TOKEN", content: "s3cret\n" } },
    };
    await using rig = await engineRig(shop);
    const id = await rig.run("web");
    const lines: string[] = [];
    for await (const line of rig.engine.logs(id, { follow: true }, rig.signal)) lines.push(line.text);
    expect(lines).toEqual(["hello", "s3cret", "400 7"]);
  },
  LIMIT,
);

test(
  "a taken host port is refused with the Engine's words and what to do",
  async () => {
    const port = { target: 80, published: "18347", protocol: "tcp", host_ip: "127.0.0.1" };
    const shop = project("dk-port", { a: { ports: [port] }, b: { ports: [port] } });
    await using rig = await engineRig(shop);
    await rig.perform({ kind: "create-network", networkKey: "default", name: "dk-port_default" });
    await rig.run("a");
    const error = await rig.run("b").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TallymanError);
    expect(error).toMatchObject({
      reason: "EngineRefused",
      message: expect.stringContaining("port is already allocated"),
    });
    expect((error as TallymanError).hint).toContain("docker ps");
  },
  LIMIT,
);

test(
  "an image that isn't here is told by its name",
  async () => {
    const shop = project("dk-noimage", {
      web: { image: "tallyman-test/absent:1", networks: {}, network_mode: "none" },
    });
    await using rig = await engineRig(shop);
    const error = await rig.perform(createOf(shop, "web")).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      reason: "ImageUnavailable",
      message: expect.stringContaining("tallyman-test/absent:1"),
    });
    expect((await rig.observe()).images).toEqual({ "tallyman-test/absent:1": null });
  },
  LIMIT,
);

test(
  "hooks run in the container after its start and before its stop, and a failing one is told",
  async () => {
    const base = { networks: {}, network_mode: "none", command: ["sleep", "1000"] };
    const shop = project("dk-hooks", {
      web: {
        ...base,
        post_start: [
          {
            command: ["sh", "-c", 'echo "$GREETING $(id -u)" > /tmp/said'],
            environment: { GREETING: "hi" },
            user: "7",
          },
        ],
        pre_stop: [{ command: ["sh", "-c", "cat /tmp/said >> /proc/1/fd/1; exit 5"] }],
      },
      bad: { ...base, post_start: [{ command: ["false"] }] },
    });
    await using rig = await engineRig(shop);
    const id = await rig.run("web");
    const container = { serviceName: "web", number: 1, container: { id, name: "web" } };
    const { warnings } = await rig.perform({ kind: "stop-container", ...container });
    expect(warnings).toEqual([expect.stringMatching(/^services.web.pre_stop: hook 1 .* exited with status 5$/)]);
    const lines = await Array.fromAsync(rig.engine.logs(id, {}, rig.signal));
    expect(lines.map(({ text }) => text)).toEqual(["hi 7"]);
    const error = await rig.run("bad").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: "services.bad.post_start: hook 1 (false) exited with status 1." });
  },
  LIMIT,
);

test(
  "traps 28 and 29: a network is found by its exact name, not by one that begins with or contains it",
  async () => {
    const shop = project("dk-exact", { web: { networks: { default: null } } });
    await using rig = await engineRig(shop);
    const decoys = ["dk-exact_default2", "my-dk-exact_default"];
    for (const Name of decoys) await engineApi(rig.host, "/networks/create", "POST", { Name });
    try {
      expect((await rig.observe()).networks).toEqual([]);
      const { Id } = await engineApi<{ readonly Id: string }>(rig.host, "/networks/create", "POST", {
        Name: "dk-exact_default",
      });
      expect((await rig.observe()).networks.map(({ id, name }) => [id, name])).toEqual([[Id, "dk-exact_default"]]);
      await engineApi(rig.host, `/networks/${Id}`, "DELETE");
    } finally {
      for (const name of decoys) await engineApi(rig.host, `/networks/${name}`, "DELETE");
    }
  },
  LIMIT,
);
