import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { engineApi } from "../support/engine-api.ts";
import { BUSYBOX_IMAGE } from "../support/images.ts";
import { type StackRig, stackRig } from "../support/stack-rig.ts";
import { until } from "../support/waiting.ts";

// What somebody changes by hand is found by the Engine's own events and mended, each time as an entry that says what it was.

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

let rig: StackRig;

beforeAll(async () => {
  rig = await stackRig({ name: "drifting" });
  await rig.push(COMPOSE);
  await rig.daemon.json(["stack", "add", "drifting", "--repo", rig.server.url("drifting")]);
  await rig.inSync();
}, 180_000);

afterAll(async () => await rig[Symbol.asyncDispose](), 60_000);

/** Does something by hand, and waits until a repair of it has been proven. */
async function repaired(byHand: (id: string) => Promise<unknown>): Promise<string> {
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
}

describe("drift by hand:", () => {
  test("a stopped container", async () => {
    expect(await repaired((id) => engineApi(rig.engine, `/containers/${id}/stop?t=0`, "POST"))).toContain("exited");
  });

  test("a removed container", async () => {
    expect(await repaired((id) => engineApi(rig.engine, `/containers/${id}?force=1`, "DELETE"))).toContain("missing");
  });

  test("a network that it was taken out of", async () => {
    const cause = await repaired((id) =>
      engineApi(rig.engine, "/networks/drifting_front/disconnect", "POST", { Container: id, Force: true }),
    );
    expect(cause).toContain("network");
  });

  test("another memory limit, which changes no hash", async () => {
    const cause = await repaired(async (id) => {
      await engineApi(rig.engine, `/containers/${id}/update`, "POST", { Memory: 33_554_432, MemorySwap: 67_108_864 });
      // The Engine tells of an update as of anything else.
    });
    expect(cause).toMatch(/memory/i);
    expect(
      (
        await engineApi<{ HostConfig: { Memory: number } }>(
          rig.engine,
          `/containers/${(await rig.running())["web"]}/json`,
        )
      ).HostConfig.Memory,
    ).toBe(67_108_864);
  });
});
