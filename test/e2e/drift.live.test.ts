import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { tallyman } from "../support/daemon.ts";
import { engineApi } from "../support/engine-api.ts";
import { BUSYBOX_IMAGE, createImage } from "../support/images.ts";
import { type StackRig, stackRig } from "../support/stack-rig.ts";
import { until } from "../support/waiting.ts";

// What somebody changes by hand is found within an interval and mended, each time as an entry that says what it was. In two stacks: of
// one alone five repairs in five minutes would be the last.

const RUN = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"];
const COMPOSE = {
  services: {
    web: {
      image: BUSYBOX_IMAGE,
      command: RUN,
      environment: { MODE: "production" },
      mem_limit: "64m",
      networks: ["front"],
      volumes: ["data:/data"],
      deploy: { update_config: { monitor: "1s" } },
      stop_grace_period: "1s",
    },
  },
  networks: { front: {} },
  volumes: { data: {} },
};

interface Drifting {
  readonly rig: () => StackRig;
  /** Does something by hand, and waits until a repair of it has been proven; its causes. */
  readonly repaired: (byHand: (id: string) => Promise<unknown>) => Promise<string>;
}

function drifting(name: string): Drifting {
  let rig: StackRig;
  beforeAll(async () => {
    rig = await stackRig({ name });
    await rig.push(COMPOSE);
    await rig.daemon.json(["stack", "add", name, "--repo", rig.server.url(name)]);
    await rig.inSync();
  }, 180_000);
  afterAll(async () => await rig[Symbol.asyncDispose](), 60_000);
  return {
    rig: () => rig,
    async repaired(byHand) {
      const before = (await rig.history())[0]?.id;
      const { web = "" } = await rig.running();
      await byHand(web);
      const entry = await until(
        "a repair is recorded",
        async () => {
          const [newest] = await rig.history();
          return newest && newest.id !== before && newest.status === "healthy" ? newest : null;
        },
        60_000,
        100,
      );
      expect(entry).toMatchObject({ trigger: "drift", status: "healthy" });
      await rig.inSync();
      return entry.operations.map(({ cause }) => cause).join("; ");
    },
  };
}

describe("drift of a container by hand:", () => {
  const { rig, repaired } = drifting("drifting");

  test("stopped", async () => {
    expect(await repaired((id) => engineApi(rig().engine, `/containers/${id}/stop?t=0`, "POST"))).toContain("exited");
  });

  test("removed", async () => {
    expect(await repaired((id) => engineApi(rig().engine, `/containers/${id}?force=1`, "DELETE"))).toContain("missing");
  });

  test("taken out of its network", async () => {
    const cause = await repaired((id) =>
      engineApi(rig().engine, "/networks/drifting_front/disconnect", "POST", { Container: id, Force: true }),
    );
    expect(cause).toContain("network");
  });

  test("given another memory limit, which changes no hash", async () => {
    const limits = { Memory: 33_554_432, MemorySwap: 67_108_864 };
    const cause = await repaired((id) => engineApi(rig().engine, `/containers/${id}/update`, "POST", limits));
    expect(cause).toMatch(/memory/i);
    const { web } = await rig().running();
    const found = await engineApi<{ HostConfig: { Memory: number } }>(rig().engine, `/containers/${web}/json`);
    expect(found.HostConfig.Memory).toBe(67_108_864);
  });
});

interface Recreatable {
  readonly Config: { readonly Env: readonly string[] };
  readonly HostConfig: unknown;
}

describe("drift of a project by hand:", () => {
  const { rig, repaired } = drifting("drifted");

  async function create(name: string, body: unknown): Promise<void> {
    const { engine } = rig();
    const { Id } = await engineApi<{ readonly Id: string }>(engine, `/containers/create?name=${name}`, "POST", body);
    await engineApi(engine, `/containers/${Id}/start`, "POST");
  }

  test("a container made anew with another environment under the same labels", async () => {
    const cause = await repaired(async (id) => {
      const found = await engineApi<Recreatable>(rig().engine, `/containers/${id}/json`);
      await engineApi(rig().engine, `/containers/${id}?force=1`, "DELETE");
      await create("drifted-web-1", {
        ...found.Config,
        Env: [...found.Config.Env.filter((entry) => !entry.startsWith("MODE=")), "MODE=debug"],
        HostConfig: found.HostConfig,
        NetworkingConfig: { EndpointsConfig: { drifted_front: { Aliases: ["web", "drifted-web-1"] } } },
      });
    });
    expect(cause).toContain("MODE");
    expect((await rig().inspect("web")).Config.Env).toContain("MODE=production");
  });

  test("a container that claims to be of it", async () => {
    await repaired(() =>
      create("drifted-extra-1", {
        Image: BUSYBOX_IMAGE,
        Cmd: RUN,
        StopTimeout: 1,
        Labels: {
          "com.docker.compose.project": "drifted",
          "com.docker.compose.service": "extra",
          "com.docker.compose.container-number": "1",
          "com.docker.compose.oneoff": "False",
          "com.docker.compose.config-hash": "of another file",
        },
      }),
    );
    expect((await rig().containers()).map(({ Names }) => Names[0])).toEqual(["/drifted-web-1"]);
  });

  test("everything taken down, networks included; the volume is kept", async () => {
    const down = await tallyman(["compose", "down", "-p", "drifted"], {
      env: { DOCKER_HOST: rig().engine.dockerHost },
    });
    expect(down.code).toBe(0);
    await until("it runs again", async () => (await rig().running())["web"], 60_000, 200);
    await rig().inSync();
  });

  test("a tag that names another image now is none", async () => {
    const before = await rig().running();
    const entries = (await rig().history()).length;
    const [repo = "", tag = ""] = BUSYBOX_IMAGE.split(":");
    const { Id } = await engineApi<{ readonly Id: string }>(rig().engine, `/images/${BUSYBOX_IMAGE}/json`);
    await createImage(rig().engine, { reference: BUSYBOX_IMAGE, changes: ["LABEL moved=yes"] });
    try {
      await Bun.sleep(15_000);
      expect([await rig().running(), (await rig().history()).length]).toEqual([before, entries]);
    } finally {
      await engineApi(rig().engine, `/images/${Id}/tag?repo=${repo}&tag=${tag}`, "POST");
    }
  });
});
