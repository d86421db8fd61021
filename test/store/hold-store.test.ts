import { describe, expect, test } from "bun:test";
import type { Hold } from "../../src/stack.ts";
import { refused } from "./refused.ts";
import { attemptAt, FAILED, HEALTHY, STACK } from "./samples.ts";
import { temporaryStore } from "./temporary-store.ts";

const SUSPENDED: Hold = {
  kind: "suspended",
  by: "ada",
  why: "moving house",
  at: "2026-11-21T10:00:00Z",
  deploymentId: null,
};
const STOPPED: Hold = { ...SUSPENDED, kind: "stopped", by: "bob", why: "" };

async function held() {
  const temporary = await temporaryStore();
  await temporary.store.stacks.add(STACK);
  const { history, holds } = temporary.store;
  const release = async (commit: string) => {
    const { id } = await history.begin(attemptAt(commit));
    return (await history.finish(id, HEALTHY)).id;
  };
  return { ...temporary, history, holds, release };
}

describe("holds", () => {
  test("are one of each kind, and lifting one leaves the others", async () => {
    await using rig = await held();
    await rig.holds.place("shop", STOPPED);
    await rig.holds.place("shop", { ...SUSPENDED, why: "first" });
    await rig.holds.place("shop", SUSPENDED);
    expect(await rig.holds.holdsOf("shop")).toEqual([STOPPED, SUSPENDED]);
    await rig.holds.lift("shop", "stopped");
    await rig.holds.lift("shop", "stopped");
    expect(await rig.holds.holdsOf("shop")).toEqual([SUSPENDED]);
  });

  test("belong to a stack", async () => {
    await using rig = await held();
    await rig.store.stacks.add({ ...STACK, name: "blog" });
    await rig.holds.place("shop", STOPPED);
    await rig.holds.lift("blog", "stopped");
    expect(await rig.holds.holdsOf("blog")).toEqual([]);
    expect(await rig.holds.holdsOf("shop")).toEqual([STOPPED]);
    expect(await rig.holds.holdsOf("none")).toEqual([]);
    await rig.holds.lift("none", "stopped");
    expect(await refused(rig.holds.place("none", STOPPED))).toMatchObject({ reason: "NotFound" });
  });

  test("are dropped with their stack, and do not come back with it", async () => {
    await using rig = await held();
    await rig.holds.place("shop", SUSPENDED);
    await rig.store.stacks.remove("shop");
    await rig.store.stacks.add(STACK);
    expect(await rig.holds.holdsOf("shop")).toEqual([]);
  });
});

describe("a pin", () => {
  test("names a release of that very stack", async () => {
    await using rig = await held();
    const id = await rig.release("a1");
    const failed = await rig.history.begin(attemptAt("b2"));
    await rig.history.finish(failed.id, FAILED);
    await rig.store.stacks.add({ ...STACK, name: "blog" });
    const pin: Hold = { ...SUSPENDED, kind: "pinned", deploymentId: id };
    await rig.holds.place("shop", pin);
    expect(await rig.holds.holdsOf("shop")).toEqual([pin]);
    for (const deploymentId of [failed.id, "99", "x", null])
      expect(await refused(rig.holds.place("shop", { ...pin, deploymentId }))).toMatchObject({ reason: "NotFound" });
    expect(await refused(rig.holds.place("blog", pin))).toMatchObject({ reason: "NotFound" });
    expect(await rig.holds.holdsOf("shop")).toEqual([pin]);
  });

  test("may name a revision that is no release yet", async () => {
    await using rig = await held();
    const pin: Hold = { ...SUSPENDED, kind: "pinned", revision: { commit: "c3", ref: "refs/heads/next" } };
    await rig.holds.place("shop", pin);
    expect(await rig.holds.holdsOf("shop")).toEqual([pin]);
  });

  test("keeps its release in the history, and the model with it, however old they are", async () => {
    await using rig = await held();
    const id = await rig.release("a1");
    await rig.holds.place("shop", { ...SUSPENDED, kind: "pinned", deploymentId: id });
    for (let number = 0; number < 21; number++) await rig.release(`later-${number}`);
    await rig.history.forgetOld("shop", 1);
    expect((await rig.history.list("shop", 9)).map((deployment) => deployment.id)).toEqual(["22", id]);
    expect(await rig.history.releasedProject(id)).toEqual(HEALTHY.project);
    await rig.holds.lift("shop", "pinned");
    await rig.history.forgetOld("shop", 1);
    expect(await rig.history.get(id)).toBeNull();
    expect(await rig.history.releasedProject(id)).toBeNull();
  });
});

test("a stack that is added suspended is never there without its suspension", async () => {
  await using rig = await temporaryStore();
  const suspension = { by: "ada", why: "look at the plan first", at: "2026-11-21T10:00:00.000Z" };
  await rig.store.stacks.add({ ...STACK, name: "adopted" }, suspension);
  expect(await rig.store.holds.holdsOf("adopted")).toEqual([{ kind: "suspended", deploymentId: null, ...suspension }]);
});
