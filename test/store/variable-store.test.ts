import { describe, expect, test } from "bun:test";
import { openStore } from "../../src/store/store.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { rawDatabase } from "./raw-database.ts";
import { refused } from "./refused.ts";
import { STACK, StandingClock } from "./samples.ts";
import { temporaryStore } from "./temporary-store.ts";

const BY_ADA = { secret: false, by: "ada" };
const SECRET = { secret: true, by: "ada" };

async function stacks() {
  const clock = new StandingClock();
  const temporary = await temporaryStore({ now: clock.now });
  await temporary.store.stacks.add(STACK);
  await temporary.store.stacks.add({ ...STACK, name: "blog" });
  return { ...temporary, clock, variables: temporary.store.variables };
}

describe("the variables of a stack", () => {
  test("are the shared ones and its own, which win", async () => {
    await using rig = await stacks();
    await rig.variables.set(null, "REGION", "eu", BY_ADA);
    await rig.variables.set(null, "MODE", "live", BY_ADA);
    await rig.variables.set("shop", "MODE", "test", SECRET);
    await rig.variables.set("blog", "OWN", "1", BY_ADA);
    expect((await rig.variables.variablesOf("shop")).values).toEqual({ MODE: "test", REGION: "eu" });
    expect((await rig.variables.variablesOf("blog")).values).toEqual({ MODE: "live", OWN: "1", REGION: "eu" });
    expect((await rig.variables.variablesOf("none")).values).toEqual({ MODE: "live", REGION: "eu" });
  });

  test("are told without the values of secrets", async () => {
    await using rig = await stacks();
    await rig.variables.set(null, "REGION", "eu", BY_ADA);
    await rig.variables.set(null, "MODE", "live", BY_ADA);
    rig.clock.advance(1_000);
    await rig.variables.set("shop", "MODE", "test", { secret: true, by: "bob" });
    const shared = { stack: null, secret: false, changedBy: "ada", changedAt: "2026-11-21T10:00:00.000Z" };
    expect(await rig.variables.list("shop")).toEqual([
      {
        name: "MODE",
        stack: "shop",
        secret: true,
        value: null,
        changedBy: "bob",
        changedAt: "2026-11-21T10:00:01.000Z",
      },
      { name: "REGION", value: "eu", ...shared },
    ]);
    expect(await rig.variables.list(null)).toEqual([
      { name: "MODE", value: "live", ...shared },
      { name: "REGION", value: "eu", ...shared },
    ]);
    expect(await refused(rig.variables.list("none"))).toMatchObject({ reason: "NotFound" });
  });

  test("are replaced and taken away one by one", async () => {
    await using rig = await stacks();
    await rig.variables.set(null, "MODE", "live", BY_ADA);
    await rig.variables.set("shop", "MODE", "one", SECRET);
    await rig.variables.set("shop", "MODE", "two", BY_ADA);
    expect(await rig.variables.list("shop")).toMatchObject([{ value: "two", secret: false }]);
    expect(await rig.variables.unset("shop", "MODE")).toBe(true);
    expect(await rig.variables.unset("shop", "MODE")).toBe(false);
    expect((await rig.variables.variablesOf("shop")).values).toEqual({ MODE: "live" });
    expect(await rig.variables.unset(null, "MODE")).toBe(true);
    expect((await rig.variables.variablesOf("shop")).values).toEqual({});
    expect(await refused(rig.variables.unset("none", "MODE"))).toMatchObject({ reason: "NotFound" });
    expect(await refused(rig.variables.set("none", "MODE", "x", BY_ADA))).toMatchObject({ reason: "NotFound" });
  });

  test("hold whatever a person writes", async () => {
    await using rig = await stacks();
    const odd = ["", " ", "a\nb\r\n", "$" + "{HOME}", "'\"\\", "😀", "x".repeat(65_536)];
    for (const [at, value] of odd.entries()) await rig.variables.set("shop", `ODD_${at}`, value, SECRET);
    expect(Object.values((await rig.variables.variablesOf("shop")).values)).toEqual(odd);
  });

  test("come back with a removed stack, and a namesake from elsewhere has none", async () => {
    await using rig = await stacks();
    await rig.variables.set("shop", "MODE", "test", BY_ADA);
    await rig.store.stacks.remove("shop");
    expect((await rig.variables.variablesOf("shop")).values).toEqual({});
    await rig.store.stacks.add({ ...STACK, path: "elsewhere" });
    expect((await rig.variables.variablesOf("shop")).values).toEqual({});
    await rig.store.stacks.remove("shop");
    await rig.store.stacks.add({ ...STACK, path: "elsewhere" });
    await rig.variables.set("shop", "OTHER", "1", BY_ADA);
    expect((await rig.variables.variablesOf("shop")).values).toEqual({ OTHER: "1" });
  });
});

describe("the digest of variables", () => {
  test("is that of names and values alone, whoever set them, wherever and in whichever order", async () => {
    await using rig = await stacks();
    const digestOf = async (stack: string) => (await rig.variables.variablesOf(stack)).digest;
    const none = await digestOf("shop");
    expect(none).toMatch(/^[0-9a-f]{64}$/);
    await rig.variables.set("shop", "A", "1", BY_ADA);
    await rig.variables.set("shop", "B", "2", SECRET);
    await rig.variables.set("blog", "B", "2", { secret: false, by: "bob" });
    const half = await digestOf("blog");
    await rig.variables.set(null, "A", "1", BY_ADA);
    expect(await digestOf("blog")).toBe(await digestOf("shop"));
    expect(new Set([none, half, await digestOf("blog")]).size).toBe(3);
    await rig.variables.unset("blog", "B");
    await rig.variables.unset(null, "A");
    expect(await digestOf("blog")).toBe(none);
  });

  test("tells apart where one value ends and the next begins", async () => {
    await using rig = await stacks();
    await rig.variables.set("shop", "A", '1","B","2', BY_ADA);
    await rig.variables.set("blog", "A", "1", BY_ADA);
    await rig.variables.set("blog", "B", "2", BY_ADA);
    const [one, other] = await Promise.all(["shop", "blog"].map((name) => rig.variables.variablesOf(name)));
    expect(one?.digest).not.toBe(other?.digest);
  });

  test("stays over a restart, and is another one in another install", async () => {
    using directory = temporaryDirectory("store");
    const digests: string[] = [];
    for (let start = 0; start < 2; start++) {
      const store = await openStore({ root: directory.path });
      await store.variables.set(null, "A", "1", BY_ADA);
      digests.push((await store.variables.variablesOf("shop")).digest);
      await store.close();
    }
    await using rig = await stacks();
    await rig.variables.set(null, "A", "1", BY_ADA);
    const elsewhere = (await rig.variables.variablesOf("shop")).digest;
    expect(digests[0]).toBe(digests[1] ?? "");
    expect(digests).not.toContain(elsewhere);
  });
});

describe("a variable is refused", () => {
  test.each(["", "1A", "A-B", "A B", "A=B", "ä", "A\n", `A${"x".repeat(255)}`])("with the name %j", async (name) => {
    await using rig = await stacks();
    const refusal = await refused(rig.variables.set("shop", name, "x", BY_ADA));
    expect([refusal.reason, refusal.hint === ""]).toEqual(["InvalidInput", false]);
  });

  test("under a name that Tallyman sets itself, as it would have no effect", async () => {
    await using rig = await stacks();
    for (const name of ["TALLYMAN_DATA", "STEVEDORE_DEPLOYMENT"])
      expect(await refused(rig.variables.set(null, name, "x", BY_ADA))).toMatchObject({ reason: "InvalidInput" });
    await rig.variables.set(null, "TALLYMAN_OTHER", "x", BY_ADA);
  });

  test("when it is too long or holds a NUL, and its value is not in the words", async () => {
    await using rig = await stacks();
    for (const value of [`hunter2${"x".repeat(65_530)}`, "é".repeat(32_769), "hunter2\0"]) {
      const { reason, message, hint } = await refused(rig.variables.set("shop", "PASSWORD", value, SECRET));
      expect(reason).toBe("InvalidInput");
      expect(message).toContain("PASSWORD");
      expect(message + hint).not.toContain("hunter2");
    }
  });

  test("without its name in the words, where somebody may have written the value", async () => {
    await using rig = await stacks();
    const { message, hint } = await refused(rig.variables.set("shop", "PASSWORD=hunter2", "", SECRET));
    expect(message + hint).not.toContain("hunter2");
  });
});

test("a value that was moved to another name or stack is refused", async () => {
  using directory = temporaryDirectory("store");
  const store = await openStore({ root: directory.path });
  await store.stacks.add(STACK);
  await store.variables.set(null, "MODE", "PLAINTEXT-MARKER", SECRET);
  await store.close();
  const database = await rawDatabase(directory.path);
  expect(JSON.stringify(await database.query("SELECT * FROM variable"))).not.toContain("PLAINTEXT-MARKER");
  await database.write({ sql: "UPDATE variable SET stack_id = 1" });
  await database.close();
  const again = await openStore({ root: directory.path });
  const refusal = await refused(again.variables.variablesOf("shop"));
  expect([refusal.reason, refusal.message.includes("PLAINTEXT")]).toEqual(["StoreUnusable", false]);
  await again.close();
});
