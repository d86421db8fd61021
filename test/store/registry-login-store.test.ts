import { describe, expect, test } from "bun:test";
import { registryHost } from "../../src/store/registry-login-store.ts";
import { openStore } from "../../src/store/store.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { rawDatabase } from "./raw-database.ts";
import { refused } from "./refused.ts";
import { temporaryStore } from "./temporary-store.ts";

const LOGIN = { host: "registry.example:5000", username: "ada", secret: "PLAINTEXT-MARKER-of-a-token" };

describe("registry logins", () => {
  test("are found by host, listed without their secret, replaced and removed", async () => {
    await using rig = await temporaryStore();
    const logins = rig.store.registryLogins;
    await logins.set({ ...LOGIN, secret: "old" });
    await logins.set(LOGIN);
    await logins.set({ ...LOGIN, host: "ghcr.io", username: "bob" });
    expect(await logins.loginFor("registry.example:5000")).toEqual(LOGIN);
    expect(await logins.loginFor("registry.example")).toBeNull();
    expect(await logins.list()).toEqual([
      { host: "ghcr.io", username: "bob" },
      { host: "registry.example:5000", username: "ada" },
    ]);
    expect(await logins.remove("registry.example:5000")).toBe(true);
    expect(await logins.remove("registry.example:5000")).toBe(false);
    expect(await logins.loginFor("registry.example:5000")).toBeNull();
  });

  test("for Docker Hub are one, whichever of its names is used", async () => {
    await using rig = await temporaryStore();
    await rig.store.registryLogins.set({ ...LOGIN, host: "https://index.docker.io/v1/" });
    expect(await rig.store.registryLogins.loginFor("docker.io")).toEqual({ ...LOGIN, host: "docker.io" });
    expect(await rig.store.registryLogins.loginFor("registry-1.docker.io")).toEqual({ ...LOGIN, host: "docker.io" });
  });

  test.each([
    { ...LOGIN, host: "" },
    { ...LOGIN, host: "a b" },
    { ...LOGIN, host: "user:PLAINTEXT@r.example" },
    { ...LOGIN, host: "-r.example" },
    { ...LOGIN, username: "" },
    { ...LOGIN, username: "ada:PLAINTEXT" },
    { ...LOGIN, username: "a\nb" },
    { ...LOGIN, secret: "" },
    { ...LOGIN, secret: "PLAINTEXT".repeat(10_000) },
  ])("are refused when they could not be used, and quote nothing (%#)", async (login) => {
    await using rig = await temporaryStore();
    const { reason, message, hint } = await refused(rig.store.registryLogins.set(login));
    expect(reason).toBe("InvalidInput");
    expect(message + hint).not.toContain("PLAINTEXT");
    expect(await rig.store.registryLogins.list()).toEqual([]);
  });

  test("hold a key file as well as a password", async () => {
    await using rig = await temporaryStore();
    const secret = JSON.stringify({ private_key: "-----BEGIN\nAAAA\n" }, null, 2);
    await rig.store.registryLogins.set({ host: "gcr.io", username: "_json_key", secret });
    expect((await rig.store.registryLogins.loginFor("gcr.io"))?.secret).toBe(secret);
  });

  test("are sealed for their host", async () => {
    using directory = temporaryDirectory("store");
    const store = await openStore({ root: directory.path });
    await store.registryLogins.set(LOGIN);
    await store.close();
    const database = await rawDatabase(directory.path);
    expect(JSON.stringify(await database.query("SELECT * FROM registry_login"))).not.toContain(LOGIN.secret);
    await database.write({ sql: "UPDATE registry_login SET host = 'evil.example'" });
    await database.close();
    const again = await openStore({ root: directory.path });
    expect(await refused(again.registryLogins.loginFor("evil.example"))).toMatchObject({ reason: "StoreUnusable" });
    await again.close();
  });
});

test.each([
  ["GHCR.io", "ghcr.io"],
  ["https://ghcr.io/", "ghcr.io"],
  ["http://r.example:5000/v2/", "r.example:5000"],
  ["index.docker.io", "docker.io"],
  ["https://registry-1.docker.io", "docker.io"],
  ["[::1]:5000", "[::1]:5000"],
])("%s is the registry %s", (address, host) => {
  expect(registryHost(address)).toBe(host);
});
