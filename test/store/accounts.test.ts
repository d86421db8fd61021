import { describe, expect, test } from "bun:test";
import { refused } from "./refused.ts";
import { temporaryStore } from "./temporary-store.ts";

const ADA = { name: "Ada", passwordHash: "$argon2id$1", role: "admin" };
const AT = "2026-11-21T10:00:00.000Z";
const LATER = "2026-11-28T10:00:00.000Z";

describe("users", () => {
  test("are found by name, whatever its case, and by id", async () => {
    await using rig = await temporaryStore();
    const user = await rig.store.users.add(ADA);
    expect(user).toEqual({ id: "1", ...ADA });
    expect(await rig.store.users.byName("ada")).toEqual(user);
    expect(await rig.store.users.byId("1")).toEqual(user);
    expect(await rig.store.users.byId("2")).toBeNull();
    expect(await rig.store.users.count()).toBe(1);
  });

  test("have names of their own", async () => {
    await using rig = await temporaryStore();
    await rig.store.users.add(ADA);
    expect((await refused(rig.store.users.add({ ...ADA, name: "ADA" }))).reason).toBe("AlreadyExists");
  });
});

describe("sessions", () => {
  async function session() {
    const rig = await temporaryStore();
    const { id } = await rig.store.users.add(ADA);
    const row = { userId: id, tokenHash: "hash-1", createdAt: AT, expiresAt: LATER };
    await rig.store.sessions.create(row);
    return { ...rig, row, sessions: rig.store.sessions };
  }

  test("are found by the hash of their token", async () => {
    await using rig = await session();
    expect(await rig.sessions.byTokenHash("hash-1")).toEqual(rig.row);
    expect(await rig.sessions.byTokenHash("hash-2")).toBeNull();
  });

  test("can be made to last longer", async () => {
    await using rig = await session();
    await rig.sessions.extend("hash-1", "2026-12-01T10:00:00.000Z");
    expect((await rig.sessions.byTokenHash("hash-1"))?.expiresAt).toBe("2026-12-01T10:00:00.000Z");
  });

  test("end when they are removed", async () => {
    await using rig = await session();
    await rig.sessions.remove("hash-1");
    expect(await rig.sessions.byTokenHash("hash-1")).toBeNull();
  });

  test("end when their time has come, others stay", async () => {
    await using rig = await session();
    await rig.sessions.create({ ...rig.row, tokenHash: "hash-2", expiresAt: "2026-12-01T10:00:00.000Z" });
    await rig.sessions.removeExpired(LATER);
    expect(await rig.sessions.byTokenHash("hash-1")).toBeNull();
    expect(await rig.sessions.byTokenHash("hash-2")).not.toBeNull();
  });

  test("belong to a user", async () => {
    await using rig = await session();
    expect((await refused(rig.sessions.create({ ...rig.row, userId: "9", tokenHash: "hash-9" }))).reason).toBe(
      "Internal",
    );
  });
});

describe("the setup link", () => {
  test("is the newest one only", async () => {
    await using rig = await temporaryStore();
    await rig.store.setup.issue("link-1", LATER);
    await rig.store.setup.issue("link-2", LATER);
    expect(await rig.store.setup.byHash("link-1")).toBeNull();
    expect(await rig.store.setup.byHash("link-2")).toEqual({
      tokenHash: "link-2",
      expiresAt: LATER,
      browserHash: null,
    });
  });

  test("belongs to the first browser", async () => {
    await using rig = await temporaryStore();
    await rig.store.setup.issue("link-1", LATER);
    const bound = await Promise.all(["b-1", "b-2"].map((browser) => rig.store.setup.bindTo("link-1", browser)));
    expect(bound).toEqual([true, false]);
    expect(await rig.store.setup.bindTo("link-1", "b-1")).toBe(true);
    expect((await rig.store.setup.byHash("link-1"))?.browserHash).toBe("b-1");
  });

  test("makes one user, once", async () => {
    await using rig = await temporaryStore();
    await rig.store.setup.issue("link-1", LATER);
    const [first, second] = await Promise.allSettled([
      rig.store.setup.consume("link-1", ADA),
      rig.store.setup.consume("link-1", { ...ADA, name: "Eve" }),
    ]);
    expect(first).toEqual({ status: "fulfilled", value: { id: "1", ...ADA } });
    expect(second.status).toBe("rejected");
    expect(await rig.store.users.count()).toBe(1);
    expect(await rig.store.setup.byHash("link-1")).toBeNull();
  });

  test("of another token makes none", async () => {
    await using rig = await temporaryStore();
    await rig.store.setup.issue("link-1", LATER);
    expect((await refused(rig.store.setup.consume("link-2", ADA))).reason).toBe("NotFound");
    expect(await rig.store.users.count()).toBe(0);
  });

  test("is not issued once there is a user", async () => {
    await using rig = await temporaryStore();
    await rig.store.users.add(ADA);
    expect((await refused(rig.store.setup.issue("link-1", LATER))).reason).toBe("AlreadyExists");
  });
});
