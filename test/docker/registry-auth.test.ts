import { describe, expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dockerLogins, givenLogins, plainLogin } from "../../src/docker/registry-auth.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const SECRET = "s3cr3t-of-ann";
const basic = (login: string): string => Buffer.from(login).toString("base64");

/** The login for a host with this `config.json` and these credential helpers: `name` → shell script. */
async function loginFor(registryHost: string, config: unknown, helpers: Readonly<Record<string, string>> = {}) {
  using folder = temporaryDirectory("docker-config");
  const text = typeof config === "string" ? config : JSON.stringify(config);
  if (config !== undefined) writeFileSync(join(folder.path, "config.json"), text);
  for (const [name, script] of Object.entries(helpers)) {
    const path = join(folder.path, `docker-credential-${name}`);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }
  const environment = { PATH: `${folder.path}:/usr/bin:/bin` };
  const found = await dockerLogins({ folder: folder.path, environment })(registryHost);
  return found && { ...found, header: JSON.parse(Buffer.from(found.header, "base64").toString()) as unknown };
}

async function refusalFor(registryHost: string, config: unknown, helpers: Readonly<Record<string, string>> = {}) {
  return await loginFor(registryHost, config, helpers).then(
    () => ({ reason: "none", message: "", hint: "" }),
    (thrown: { reason: string; message: string; hint: string }) => thrown,
  );
}

describe("a login that the file keeps", () => {
  test("is found by its host, a colon in the password included", async () =>
    expect(
      await loginFor("r.test:5000", { auths: { "r.test:5000": { auth: basic(`ann:a:${SECRET}`) } } }),
    ).toMatchObject({
      header: { username: "ann", password: `a:${SECRET}`, serveraddress: "r.test:5000" },
      source: expect.stringContaining("config.json"),
    }));
  test("is found under an address as older clients wrote it", async () =>
    expect(await loginFor("r.test", { auths: { "https://r.test/v1/": { auth: basic("ann:x") } } })).toMatchObject({
      header: { username: "ann" },
    }));
  test("is found for Docker Hub under the key that Docker uses", async () =>
    expect(
      await loginFor("docker.io", { auths: { "https://index.docker.io/v1/": { auth: basic("ann:x") } } }),
    ).toMatchObject({
      header: { username: "ann", serveraddress: "https://index.docker.io/v1/" },
    }));
  test("may be a token", async () =>
    expect(await loginFor("r.test", { auths: { "r.test": { identitytoken: "t" } } })).toMatchObject({
      header: { identitytoken: "t", serveraddress: "r.test" },
    }));
  test("is nobody else's", async () => {
    const config = { auths: { "r.test": { auth: basic("ann:x") } } };
    expect(await loginFor("r.test.evil", config)).toBeNull();
    expect(await loginFor("docker.io", config)).toBeNull();
    expect(await loginFor("r.test", {})).toBeNull();
    expect(await loginFor("r.test", undefined)).toBeNull();
  });
  test("is padded, for older Engines", async () => {
    using folder = temporaryDirectory("docker-config");
    writeFileSync(join(folder.path, "config.json"), JSON.stringify({ auths: { r: { auth: basic("ann:ä?>") } } }));
    const found = await dockerLogins({ folder: folder.path, environment: {} })("r");
    expect((found?.header.length ?? 1) % 4).toBe(0);
    expect(found?.header).toMatch(/^[A-Za-z0-9_-]+=*$/);
  });
  test("counts from the next use on when it changes", async () => {
    using folder = temporaryDirectory("docker-config");
    const logins = dockerLogins({ folder: folder.path, environment: {} });
    expect(await logins("r.test")).toBeNull();
    writeFileSync(join(folder.path, "config.json"), JSON.stringify({ auths: { "r.test": { auth: basic("a:b") } } }));
    expect(await logins("r.test")).not.toBeNull();
  });
});

describe("a login that a helper keeps", () => {
  const answer = `read server; printf '{"ServerURL":"%s","Username":"ann","Secret":"of %s"}' "$server" "$server"`;
  test("is asked for with the host on standard input", async () =>
    expect(await loginFor("r.test", { credHelpers: { "r.test": "one" } }, { one: answer })).toMatchObject({
      header: { username: "ann", password: "of r.test" },
      source: expect.stringContaining("docker-credential-one"),
    }));
  test("comes from the store for every other host", async () =>
    expect(await loginFor("docker.io", { credsStore: "all", auths: {} }, { all: answer })).toMatchObject({
      header: { password: "of https://index.docker.io/v1/" },
    }));
  test("may be a token", async () => {
    const token = `printf '{"Username":"<token>","Secret":"t"}'`;
    expect(await loginFor("r.test", { credsStore: "all" }, { all: token })).toMatchObject({
      header: { identitytoken: "t" },
    });
  });
  test("that it does not have is none", async () => {
    const none = "echo 'credentials not found in native keychain'; exit 1";
    expect(await loginFor("r.test", { credsStore: "all" }, { all: none })).toBeNull();
  });
});

test.each([
  ["a damaged file", `{ "auths": { "r.test": "${SECRET}`, {}],
  ["a damaged entry", { auths: { "r.test": { auth: basic(SECRET) } } }, {}],
  ["a helper that is missing", { credsStore: "gone" }, {}],
  ["a helper that fails", { credsStore: "bad" }, { bad: `echo ${SECRET}; exit 3` }],
  ["a helper that says something else", { credsStore: "bad" }, { bad: `echo ${SECRET}` }],
  ["a helper that is a path", { credsStore: "../../bin/sh" }, {}],
] as const)("%s is told with the registry, never with what it holds", async (_, config, helpers) => {
  const { reason, message, hint } = await refusalFor("r.test", config, helpers as Readonly<Record<string, string>>);
  expect(reason).toBe("RegistryDenied");
  expect(message).toContain("r.test");
  expect(hint).toContain("docker login r.test");
  expect(`${message} ${hint}`).not.toContain(SECRET);
});

describe("logins that Tallyman was given", () => {
  const book = {
    loginFor: async (host: string) =>
      host === "registry.example" ? { host, username: "deploy", secret: "s3cret-of-the-registry" } : null,
  };
  const auth = givenLogins(book, async () => ({ header: "from docker login", source: "config.json" }));

  test("come before those of docker login, and say where they are from without the secret", async () => {
    const login = await auth("registry.example");
    expect(plainLogin(login)).toEqual({ username: "deploy", secret: "s3cret-of-the-registry" });
    expect(login?.source).toContain("tallyman registry login registry.example");
    expect(login?.source).not.toContain("s3cret");
  });

  test("leave other registries to docker login", async () => {
    expect(await auth("ghcr.io")).toEqual({ header: "from docker login", source: "config.json" });
  });
});
