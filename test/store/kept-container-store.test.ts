import { expect, test } from "bun:test";
import type { KeptContainer } from "../../src/kept-container.ts";
import { refused } from "./refused.ts";
import { STACK } from "./samples.ts";
import { temporaryStore } from "./temporary-store.ts";

const ADOPTED: KeptContainer = { containerId: "aaa", configHash: "h1", contents: null, tolerated: [] };
const RELOADED: KeptContainer = {
  containerId: "bbb",
  configHash: null,
  contents: { "./nginx.conf": "d1" },
  tolerated: ["memory limit"],
};

async function stack() {
  const temporary = await temporaryStore();
  await temporary.store.stacks.add(STACK);
  await temporary.store.stacks.add({ ...STACK, name: "blog" });
  return { ...temporary, kept: temporary.store.kept };
}

test("what is kept of a container comes back, the newest of each", async () => {
  await using rig = await stack();
  await rig.kept.keep("shop", RELOADED);
  await rig.kept.keep("shop", { ...ADOPTED, configHash: "h0" });
  await rig.kept.keep("shop", ADOPTED);
  expect(await rig.kept.keptOf("shop")).toEqual([ADOPTED, RELOADED]);
  expect(await rig.kept.keptOf("blog")).toEqual([]);
  expect(await refused(rig.kept.keep("none", ADOPTED))).toMatchObject({ reason: "NotFound" });
});

test("what is kept goes with its container, and with no other stack's", async () => {
  await using rig = await stack();
  await rig.kept.keep("shop", ADOPTED);
  await rig.kept.keep("shop", RELOADED);
  await rig.kept.keep("blog", ADOPTED);
  await rig.kept.keepOnly("shop", ["bbb", "ccc"]);
  expect(await rig.kept.keptOf("shop")).toEqual([RELOADED]);
  expect(await rig.kept.keptOf("blog")).toEqual([ADOPTED]);
  await rig.kept.keepOnly("shop", []);
  await rig.kept.keepOnly("none", []);
  expect(await rig.kept.keptOf("shop")).toEqual([]);
});

test("what is kept comes back with a removed stack", async () => {
  await using rig = await stack();
  await rig.kept.keep("shop", ADOPTED);
  await rig.store.stacks.remove("shop");
  expect(await rig.kept.keptOf("shop")).toEqual([]);
  await rig.store.stacks.add(STACK);
  expect(await rig.kept.keptOf("shop")).toEqual([ADOPTED]);
});
