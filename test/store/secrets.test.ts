import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { databaseKey, derivedKey } from "../../src/store/key-file.ts";
import { Seal } from "../../src/store/seal.ts";
import { openStore } from "../../src/store/store.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { rawDatabase } from "./raw-database.ts";
import { refused } from "./refused.ts";
import { attemptAt, CREDENTIAL, HEALTHY, STACK } from "./samples.ts";
import { temporaryStore } from "./temporary-store.ts";

const PLACE = { table: "credential", row: "1", column: "secret" };

/** How many files below the folder hold the text; asked of another process, because reading the open file here would drop its lock. */
function filesWith(marker: string, folder: string): number {
  const { stdout } = Bun.spawnSync(["grep", "-rlaF", marker, folder]);
  return stdout.toString().split("\n").filter(Boolean).length;
}

describe("a sealed value", () => {
  const seal = new Seal(Buffer.alloc(32, 7));

  test("opens at its place and nowhere else", () => {
    const sealed = seal.close(PLACE, "secret");
    expect(seal.open(PLACE, sealed)).toBe("secret");
    for (const other of [{ row: "2" }, { column: "username" }, { table: "setting" }]) {
      expect(() => seal.open({ ...PLACE, ...other }, sealed)).toThrow("was changed");
    }
  });

  test("opens with its key only", () => {
    expect(() => new Seal(Buffer.alloc(32, 8)).open(PLACE, seal.close(PLACE, "secret"))).toThrow("was changed");
  });

  test("is refused when a single bit was changed, or the most of it is gone", () => {
    const sealed = seal.close(PLACE, "secret");
    const bytes = Buffer.from(sealed.slice(2), "base64url");
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => seal.open(PLACE, `1.${changed.toString("base64url")}`)).toThrow("was changed");
    }
    expect(() => seal.open(PLACE, "")).toThrow("was changed");
    expect(() => seal.open(PLACE, "1.AAAA")).toThrow("was changed");
  });

  test("never looks the same twice", () => {
    expect(seal.close(PLACE, "secret")).not.toBe(seal.close(PLACE, "secret"));
  });
});

describe("a stored credential", () => {
  test("comes back whole, and its public half alone", async () => {
    await using rig = await temporaryStore();
    await rig.store.stacks.add(STACK);
    expect(await rig.store.credentials.credentialOf("shop")).toBeNull();
    await rig.store.credentials.set("shop", CREDENTIAL);
    expect(await rig.store.credentials.credentialOf("shop")).toEqual(CREDENTIAL);
    expect(await rig.store.credentials.publicKeyOf("shop")).toBe("ssh-ed25519 AAAA tallyman-shop");
    await rig.store.credentials.forget("shop");
    expect(await rig.store.credentials.credentialOf("shop")).toBeNull();
  });

  test("belongs to a stack", async () => {
    await using rig = await temporaryStore();
    expect((await refused(rig.store.credentials.set("none", CREDENTIAL))).reason).toBe("NotFound");
  });

  test("ends with its stack", async () => {
    await using rig = await temporaryStore();
    await rig.store.stacks.add(STACK);
    await rig.store.credentials.set("shop", CREDENTIAL);
    await rig.store.stacks.remove("shop");
    await rig.store.stacks.add(STACK);
    expect(await rig.store.credentials.credentialOf("shop")).toBeNull();
  });

  test("is refused when its ciphertext was moved to another stack", async () => {
    using directory = temporaryDirectory("store");
    const store = await openStore({ root: directory.path });
    await store.stacks.add(STACK);
    await store.stacks.add({ ...STACK, name: "blog" });
    await store.credentials.set("shop", CREDENTIAL);
    await store.credentials.set("blog", { ...CREDENTIAL, secret: "another" });
    await store.close();
    const database = await rawDatabase(directory.path);
    await database.write({
      sql: "UPDATE credential SET secret = (SELECT secret FROM credential WHERE stack_id = 1) WHERE stack_id = 2",
    });
    await database.close();
    const again = await openStore({ root: directory.path });
    expect(await again.credentials.credentialOf("shop")).toEqual(CREDENTIAL);
    const refusal = await refused(again.credentials.credentialOf("blog"));
    expect(refusal.reason).toBe("StoreUnusable");
    expect(refusal.message).not.toContain(CREDENTIAL.secret);
    await again.close();
  });

  test("is readable in no file, while the store is open and when it is closed", async () => {
    using directory = temporaryDirectory("store");
    const system = join(directory.path, "system");
    const markers = [
      CREDENTIAL.secret,
      STACK.repository,
      "$argon2id$hash",
      "PLAINTEXT-MARKER-of-a-variable",
      "PLAINTEXT-MARKER-of-a-login",
      "PLAINTEXT-MARKER-of-a-model",
    ];
    const store = await openStore({ root: directory.path });
    await store.stacks.add(STACK);
    await store.credentials.set("shop", CREDENTIAL);
    await store.users.add({ name: "ada", passwordHash: "$argon2id$hash", role: "admin" });
    await store.variables.set("shop", "TOKEN", "PLAINTEXT-MARKER-of-a-variable", { secret: true, by: "ada" });
    await store.registryLogins.set({ host: "ghcr.io", username: "ada", secret: "PLAINTEXT-MARKER-of-a-login" });
    await store.history.finish((await store.history.begin(attemptAt("a1"))).id, HEALTHY);
    expect(JSON.stringify(await store.history.releasedProject("1"))).toContain("PLAINTEXT-MARKER-of-a-model");
    for (const marker of markers) expect(filesWith(marker, system)).toBe(0);
    await store.close();
    for (const marker of markers) expect(filesWith(marker, system)).toBe(0);
    await Bun.write(join(system, "naive"), `before ${CREDENTIAL.secret} after`);
    expect(filesWith(CREDENTIAL.secret, system)).toBe(1);
  });

  test("is sealed inside the database too", async () => {
    using directory = temporaryDirectory("store");
    const store = await openStore({ root: directory.path });
    await store.stacks.add(STACK);
    await store.credentials.set("shop", CREDENTIAL);
    await store.close();
    const database = await rawDatabase(directory.path);
    expect(JSON.stringify(await database.query("SELECT * FROM credential"))).not.toContain(CREDENTIAL.secret);
    await database.close();
  });
});

describe("derived keys", () => {
  const master = Buffer.alloc(32, 1);

  test("differ by purpose and by master", () => {
    expect(derivedKey(master, "db", 32)).not.toEqual(derivedKey(master, "seal", 32));
    expect(derivedKey(master, "db", 32)).not.toEqual(derivedKey(Buffer.alloc(32, 2), "db", 32));
  });

  test("are 32 ASCII characters for libSQL, which cuts longer ones", () => {
    expect(databaseKey(master)).toMatch(/^[\w-]{32}$/);
  });

  test("need a whole master key", () => {
    expect(() => databaseKey(new Uint8Array())).toThrow("not 32 bytes");
  });
});
