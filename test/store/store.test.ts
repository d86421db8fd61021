import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "../../src/stack.ts";
import { openStore } from "../../src/store/store.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { refused } from "./refused.ts";
import { attemptAt, CREDENTIAL, HEALTHY, HOST_KEY, STACK, StandingClock } from "./samples.ts";
import { temporaryStore } from "./temporary-store.ts";

describe("the first start", () => {
  test("makes private files only", async () => {
    await using rig = await temporaryStore();
    const system = join(rig.root, "system");
    expect(statSync(system).mode & 0o777).toBe(0o700);
    const names = readdirSync(system);
    expect(names).toContain("db.key");
    expect(names).toContain("tallyman.db");
    for (const name of names) expect([name, statSync(join(system, name)).mode & 0o077]).toEqual([name, 0]);
  });

  test("of two installs shares no key and no instance id", async () => {
    await using one = await temporaryStore();
    await using other = await temporaryStore();
    const key = (root: string) => readFileSync(join(root, "system/db.key"), "utf8");
    expect(key(one.root)).not.toBe(key(other.root));
    expect(one.store.instanceId).not.toBe(other.store.instanceId);
  });

  test("works below a folder with odd characters in its name", async () => {
    using directory = temporaryDirectory("store");
    const root = join(directory.path, "a b#c?d%20é");
    const store = await openStore({ root });
    await store.settings.set("key", "value");
    await store.close();
    expect(readdirSync(join(root, "system")).sort()).toEqual(["db.key", "tallyman.db"]);
  });

  test("by two processes' worth of callers lets one in", async () => {
    using directory = temporaryDirectory("store");
    const opened = await Promise.allSettled([1, 2, 3].map(() => openStore({ root: directory.path })));
    const stores = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(stores.length).toBe(1);
    for (const one of opened) if (one.status === "rejected") expect(one.reason.reason).toBe("AlreadyRunning");
    for (const store of stores) await store.close();
  });
});

describe("closing", () => {
  test("leaves the key and one file, and the next start finds everything", async () => {
    using directory = temporaryDirectory("store");
    const first = await openStore({ root: directory.path });
    await first.stacks.add(STACK);
    await first.credentials.set("shop", CREDENTIAL);
    await first.close();
    expect(readdirSync(join(directory.path, "system")).sort()).toEqual(["db.key", "tallyman.db"]);
    const second = await openStore({ root: directory.path });
    expect(second.instanceId).toBe(first.instanceId);
    expect(await second.stacks.list()).toEqual([STACK]);
    expect(await second.credentials.credentialOf("shop")).toEqual(CREDENTIAL);
    await second.close();
  });

  test("waits for the writes under way", async () => {
    using directory = temporaryDirectory("store");
    const first = await openStore({ root: directory.path });
    const writes = Array.from({ length: 50 }, (_, at) => first.settings.set(`key-${at}`, "value"));
    await first.close();
    await Promise.all(writes);
    const second = await openStore({ root: directory.path });
    expect(await second.settings.get("key-49")).toBe("value");
    await second.close();
  });

  test("twice is the same as once, and what comes later is refused in words", async () => {
    using directory = temporaryDirectory("store");
    const store = await openStore({ root: directory.path });
    await store.close();
    await store.close();
    expect(await refused(store.settings.get("key"))).toMatchObject({ reason: "StoreUnusable" });
  });
});

describe("stacks", () => {
  test("come back as they were put in, by name", async () => {
    await using rig = await temporaryStore();
    const blog = { ...STACK, name: "blog", ref: null, path: "", files: [], envFiles: [], profiles: [] };
    await rig.store.stacks.add(STACK);
    await rig.store.stacks.add(blog);
    expect(await rig.store.stacks.list()).toEqual([blog, STACK]);
    expect(await rig.store.stacks.get("shop")).toEqual(STACK);
    expect(await rig.store.stacks.get("none")).toBeNull();
  });

  test("have names of their own", async () => {
    await using rig = await temporaryStore();
    await rig.store.stacks.add(STACK);
    expect(await refused(rig.store.stacks.add(STACK))).toMatchObject({ reason: "AlreadyExists" });
  });

  test("give their name free when they are removed", async () => {
    await using rig = await temporaryStore();
    await rig.store.stacks.add(STACK);
    await rig.store.stacks.remove("shop");
    await rig.store.stacks.remove("shop");
    expect(await rig.store.stacks.list()).toEqual([]);
    await rig.store.stacks.add({ ...STACK, ref: "next" });
    expect((await rig.store.stacks.get("shop"))?.ref).toBe("next");
  });
});

describe("a stack's settings", () => {
  const ADOPTED: Stack = {
    ...STACK,
    origin: "folder",
    repository: "/srv/apps/shop",
    drift: "report",
    onFailure: "pause",
    gateTimeoutMs: 90_000,
    prune: false,
    dependsOn: ["db", "cache"],
    liveTree: "/srv/shop",
  };

  test("are replaced as a whole, and nobody else's", async () => {
    await using rig = await temporaryStore();
    await rig.store.stacks.add(STACK);
    await rig.store.stacks.add({ ...STACK, name: "blog" });
    await rig.store.stacks.update(ADOPTED);
    expect(await rig.store.stacks.list()).toEqual([{ ...STACK, name: "blog" }, ADOPTED]);
    await rig.store.stacks.update(STACK);
    expect(await rig.store.stacks.get("shop")).toEqual(STACK);
  });

  test("are those of a stack that is there", async () => {
    await using rig = await temporaryStore();
    await rig.store.stacks.add(STACK);
    await rig.store.stacks.remove("shop");
    expect(await refused(rig.store.stacks.update(ADOPTED))).toMatchObject({ reason: "NotFound" });
    expect(await rig.store.stacks.list()).toEqual([]);
  });
});

describe("a removed stack", () => {
  test("is archived, the newest first", async () => {
    const clock = new StandingClock();
    await using rig = await temporaryStore({ now: clock.now });
    const blog = { ...STACK, name: "blog" };
    await rig.store.stacks.add(STACK);
    await rig.store.stacks.add(blog);
    expect(await rig.store.stacks.archived()).toEqual([]);
    await rig.store.stacks.remove("blog");
    clock.advance(1_000);
    await rig.store.stacks.remove("shop");
    expect(await rig.store.stacks.archived()).toEqual([
      { stack: STACK, removedAt: "2026-11-21T10:00:01.000Z" },
      { stack: blog, removedAt: "2026-11-21T10:00:00.000Z" },
    ]);
  });

  test("comes back with its history and today's settings, but without its credential", async () => {
    await using rig = await temporaryStore();
    const { stacks, history, credentials } = rig.store;
    await stacks.add(STACK);
    await credentials.set("shop", CREDENTIAL);
    const { id } = await history.begin(attemptAt("a1"));
    await history.finish(id, HEALTHY);
    await stacks.remove("shop");
    const back = { ...STACK, ref: "next", createdAt: "2026-11-22T09:00:00.000Z" };
    await stacks.add(back);
    expect(await stacks.list()).toEqual([back]);
    expect(await stacks.archived()).toEqual([]);
    expect(await credentials.credentialOf("shop")).toBeNull();
    expect(await history.lastRelease("shop")).toMatchObject({ deploymentId: id, commit: "a1" });
    expect(await history.releasedProject(id)).toEqual(HEALTHY.project);
  });

  test.each([{ repository: "https://example.org/other.git" }, { path: "elsewhere" }, { origin: "folder" as const }])(
    "does not come back for a namesake from elsewhere: %j",
    async (other) => {
      await using rig = await temporaryStore();
      await rig.store.stacks.add(STACK);
      await rig.store.history.begin(attemptAt("a1"));
      await rig.store.stacks.remove("shop");
      await rig.store.stacks.add({ ...STACK, ...other });
      expect(await rig.store.history.list("shop", 9)).toEqual([]);
      expect(await rig.store.stacks.archived()).toMatchObject([{ stack: STACK }]);
    },
  );

  test("comes back only when it is the one that bore the name last", async () => {
    const clock = new StandingClock();
    await using rig = await temporaryStore({ now: clock.now });
    const { stacks, history } = rig.store;
    const namesake = { ...STACK, path: "elsewhere" };
    for (const stack of [STACK, namesake]) {
      await stacks.add(stack);
      await history.finish((await history.begin(attemptAt(`of ${stack.path}`))).id, HEALTHY);
      clock.advance(1_000);
      await stacks.remove("shop");
    }
    await stacks.add(STACK);
    expect(await history.list("shop", 9)).toEqual([]);
    await stacks.remove("shop");
    await stacks.add(STACK);
    expect((await stacks.archived()).map(({ stack }) => stack.path)).toEqual(["elsewhere", STACK.path]);
  });
});

describe("host keys", () => {
  test("are found by host", async () => {
    await using rig = await temporaryStore();
    await rig.store.hostKeys.pin(HOST_KEY);
    await rig.store.hostKeys.pin({ ...HOST_KEY, type: "ecdsa-sha2-nistp256", key: "BBBB" });
    await rig.store.hostKeys.pin({ ...HOST_KEY, host: "other.example.org" });
    expect((await rig.store.hostKeys.keysOf(HOST_KEY.host)).length).toBe(2);
    await rig.store.hostKeys.forget(HOST_KEY.host);
    expect(await rig.store.hostKeys.list()).toEqual([{ ...HOST_KEY, host: "other.example.org" }]);
  });

  test("are never replaced silently", async () => {
    await using rig = await temporaryStore();
    await rig.store.hostKeys.pin(HOST_KEY);
    await rig.store.hostKeys.pin(HOST_KEY);
    expect(await refused(rig.store.hostKeys.pin({ ...HOST_KEY, key: "BBBB" }))).toMatchObject({
      reason: "HostKeyChanged",
    });
    expect(await rig.store.hostKeys.keysOf(HOST_KEY.host)).toEqual([HOST_KEY]);
  });
});

test("settings keep the last value", async () => {
  await using rig = await temporaryStore();
  expect(await rig.store.settings.get("theme")).toBeNull();
  await rig.store.settings.set("theme", "dark");
  await rig.store.settings.set("theme", "light");
  expect(await rig.store.settings.get("theme")).toBe("light");
  expect(await rig.store.settings.keep("theme", "dark")).toBe("light");
});

test("the audit tells who changed what, newest first", async () => {
  await using rig = await temporaryStore({ now: () => new Date("2026-11-21T10:00:00Z") });
  await rig.store.audit.add({ who: "ada", from: "127.0.0.1", what: "stack added", subject: "shop" });
  await rig.store.audit.add({ who: "ada", from: "127.0.0.1", what: "stack removed", subject: "shop" });
  expect(await rig.store.audit.list(1)).toEqual([
    { at: "2026-11-21T10:00:00.000Z", who: "ada", from: "127.0.0.1", what: "stack removed", subject: "shop" },
  ]);
});
