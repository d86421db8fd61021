import { describe, expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { callSocket, NEW_STACK, setUp, webFixture } from "./web-fixture.ts";

describe("adding a stack", () => {
  test("stores it, asks its remote and gives it a lane", async () => {
    await using fixture = await webFixture();
    const { status, body } = await callSocket(fixture, "POST", "/stacks", NEW_STACK);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      stack: { name: "shop", project: "shop", ref: "main", path: "", intervalMs: 60_000, credential: "none" },
      publicKey: null,
      probe: { ok: true, ref: "refs/heads/main" },
    });
    expect(fixture.reconciler.asked).toEqual(["adopt shop"]);
    expect(fixture.bus.recent(1)).toMatchObject([{ stack: "shop", type: "stack-added" }]);
  });

  test("stays done when the remote cannot be read yet", async () => {
    await using fixture = await webFixture();
    const error = new TallymanError("HostKeyUnknown", "nobody vouched for forge.example", { hint: "Accept its key." });
    fixture.reconciler.probed = { ok: false, error };
    const { status, body } = await callSocket(fixture, "POST", "/stacks", NEW_STACK);
    expect([status, body["probe"]]).toEqual([
      201,
      { ok: false, error: { reason: "HostKeyUnknown", message: error.message, hint: error.hint } },
    ]);
    expect(await fixture.store.stacks.get("shop")).not.toBeNull();
  });

  test("over SSH makes a key and shows its public half only", async () => {
    await using fixture = await webFixture();
    const { body } = await callSocket(fixture, "POST", "/stacks", {
      name: "shop",
      repository: "git@forge.example:infra.git",
    });
    expect(body["publicKey"]).toBe("ssh-ed25519 AAAA tallyman-shop");
    expect(JSON.stringify(body)).not.toContain("PRIVATE");
    expect(await fixture.store.credentials.credentialOf("shop")).toEqual({
      kind: "deploy-key",
      host: "forge.example",
      username: "git",
      secret: "PRIVATE",
      publicKey: "ssh-ed25519 AAAA tallyman-shop",
    });
  });

  test("keeps a token for the host of its repository alone, and never shows it again", async () => {
    await using fixture = await webFixture();
    const credential = { kind: "https-token", username: "bot", secret: "t0p-secret" };
    const added = await callSocket(fixture, "POST", "/stacks", { ...NEW_STACK, credential });
    const shown = await callSocket(fixture, "GET", "/stacks/shop");
    expect(JSON.stringify([added, shown, fixture.logged])).not.toContain("t0p-secret");
    expect(await fixture.store.credentials.credentialOf("shop")).toMatchObject({
      host: "forge.example",
      secret: "t0p-secret",
    });
  });

  test.each([
    [{ name: "Shop" }, "name: "],
    [{ name: "-rf" }, "name: "],
    [{ name: "a/../b" }, "name: "],
    [{ name: 3 }, "name: "],
    [{ project: "No Spaces" }, "project: "],
    [{ repository: "ext::sh -c id" }, "repository: "],
    [{ repository: "file:///etc" }, "repository: "],
    [{ repository: "-oProxyCommand=id" }, "repository: "],
    [{ repository: "https://me:t0p-secret@forge.example/x" }, "repository: "],
    [{ ref: "--upload-pack=id" }, "ref: "],
    [{ ref: "main\nevil" }, "ref: "],
    [{ ref: "a..b" }, "ref: "],
    [{ path: "../etc" }, "path: "],
    [{ path: "/etc" }, "path: "],
    [{ files: ["../../etc/passwd"] }, "files: "],
    [{ files: ["-f"] }, "files: "],
    [{ files: "compose.yaml" }, "files: "],
    [{ envFiles: ["a/../../b"] }, "envFiles: "],
    [{ profiles: ["$(id)"] }, "profiles: "],
    [{ intervalMs: 10 }, "intervalMs: "],
    [{ credential: { kind: "deploy-key" } }, "credential.kind: "],
    [{ credential: { kind: "https-token" } }, "credential.secret: "],
    [{ credential: { kind: "magic" } }, "credential.kind: "],
    [{ colour: "red" }, "colour: "],
  ])("is refused with the field named: %j", async (wrong, field) => {
    await using fixture = await webFixture();
    const { status, body } = await callSocket(fixture, "POST", "/stacks", { ...NEW_STACK, ...wrong });
    expect([status, body.error?.reason]).toEqual([400, "InvalidInput"]);
    expect(body.error?.message).toStartWith(field);
    expect(body.error?.hint).not.toBe("");
    expect(JSON.stringify(body)).not.toContain("t0p-secret");
    expect(fixture.reconciler.asked).toEqual([]);
  });
});

describe("a stack", () => {
  test("that does not exist is NotFound on every route", async () => {
    await using fixture = await webFixture();
    const calls = [
      ["GET", ""],
      ["DELETE", ""],
      ["POST", "/deploy"],
      ["GET", "/plan"],
      ["GET", "/deployments"],
      ["GET", "/logs"],
    ] as const;
    for (const [method, rest] of calls) {
      const { status, body } = await callSocket(fixture, method, `/stacks/nobody${rest}`);
      expect([rest, status, body.error?.reason]).toEqual([rest, 404, "NotFound"]);
    }
    expect(fixture.reconciler.asked).toEqual([]);
  });

  test("is deployed at once, or with wait to the end, the error as value", async () => {
    await using fixture = await webFixture();
    await callSocket(fixture, "POST", "/stacks", NEW_STACK);
    expect(await callSocket(fixture, "POST", "/stacks/shop/deploy")).toEqual({ status: 202, body: {} });
    const error = new TallymanError("NotHealthy", "api exited 1", { hint: "Look at its log." });
    fixture.reconciler.pass = { outcome: "rolled-back", deploymentId: "7", commit: "abc", error };
    const { status, body } = await callSocket(fixture, "POST", "/stacks/shop/deploy", { wait: true });
    expect([status, body]).toEqual([
      200,
      {
        ...fixture.reconciler.pass,
        error: { reason: "NotHealthy", message: "api exited 1", hint: "Look at its log." },
      },
    ] as never);
  });

  test("is removed with its credential", async () => {
    await using fixture = await webFixture();
    await callSocket(fixture, "POST", "/stacks", { name: "shop", repository: "git@forge.example:infra.git" });
    expect(await callSocket(fixture, "DELETE", "/stacks/shop")).toEqual({
      status: 200,
      body: { removed: "shop", volumes: [] },
    });
    expect(await fixture.store.stacks.get("shop")).toBeNull();
    expect(await fixture.store.credentials.credentialOf("shop")).toBeNull();
    expect(fixture.reconciler.asked).toEqual(["adopt shop", "remove shop"]);
  });
});

test("a stack that cannot be taken down stays, and goes on", async () => {
  await using fixture = await webFixture();
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  fixture.reconciler.remove = () => Promise.reject(new TallymanError("EngineUnreachable", "no Engine"));
  expect((await callSocket(fixture, "DELETE", "/stacks/shop")).status).toBe(503);
  expect(await fixture.store.stacks.get("shop")).not.toBeNull();
  expect(fixture.reconciler.asked).toEqual(["adopt shop", "adopt shop"]);
});

describe("an error", () => {
  test("of our inside tells nothing but goes to the log", async () => {
    await using fixture = await webFixture();
    fixture.reconciler.statuses = () => Promise.reject(new Error("secret of /root/x"));
    const { status, body } = await callSocket(fixture, "GET", "/stacks");
    expect([status, body.error?.reason]).toEqual([500, "Internal"]);
    expect(JSON.stringify(body)).not.toContain("secret");
    expect(fixture.logged.join()).toContain("a request failed");
  });

  test("has the status that belongs to its reason", async () => {
    await using fixture = await webFixture();
    const statuses: number[] = [];
    for (const reason of ["Busy", "EngineUnreachable", "GitTimeout", "ComposeInvalid", "HostKeyChanged"] as const) {
      fixture.reconciler.statuses = () => Promise.reject(new TallymanError(reason, "x"));
      statuses.push((await callSocket(fixture, "GET", "/stacks")).status);
    }
    expect(statuses).toEqual([409, 503, 504, 400, 409]);
  });

  test("for a body that is no JSON, or too large, is the sender's", async () => {
    await using fixture = await webFixture();
    const send = (body: string, type: string) =>
      fetch("http://localhost/api/v1/stacks", {
        unix: fixture.socketPath,
        method: "POST",
        body,
        headers: { "content-type": type },
      });
    expect((await send("{", "application/json")).status).toBe(400);
    expect((await send(JSON.stringify(NEW_STACK), "text/plain")).status).toBe(400);
    expect((await send(`{"name":"${"a".repeat(2_000_000)}"}`, "application/json")).status).toBe(413);
  });
});

test("the log of a stack comes as lines, and nobody else's container can be named", async () => {
  await using fixture = await webFixture();
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const read = async (query: string) =>
    (await fetch(`http://localhost/api/v1/stacks/shop/logs${query}`, { unix: fixture.socketPath })).text();
  expect(JSON.parse(await read("?service=web&tail=5"))).toEqual({
    at: "2026-01-01T00:00:00.000000001Z",
    stream: "stdout",
    service: "web",
    container: "shop-web-1",
    text: "hello from c0ffee </script>",
  });
  for (const query of ["?service=other", "?container=abc&service=x"]) expect(await read(query)).toContain('"NotFound"');
  for (const query of ["?tail=0", "?tail=99999999", "?since=;id", "?follow=maybe"])
    expect(await read(query)).toContain('"InvalidInput"');
});

describe("a host key", () => {
  test("is pinned only when the server shows the fingerprint that was given", async () => {
    await using fixture = await webFixture();
    const wrong = await callSocket(fixture, "POST", "/host-keys", {
      host: "forge.example",
      fingerprint: "SHA256:wrong",
    });
    expect([wrong.status, wrong.body.error?.reason]).toEqual([409, "HostKeyChanged"]);
    expect(await fixture.store.hostKeys.list()).toEqual([]);
    const right = await callSocket(fixture, "POST", "/host-keys", {
      host: "forge.example",
      fingerprint: "SHA256:right",
    });
    expect(right.status).toBe(201);
    expect(await fixture.store.hostKeys.list()).toMatchObject([{ host: "forge.example", addedBy: "local operator" }]);
  });
});

test("a host key is forgotten by the name people use for the server, and only if it was pinned", async () => {
  await using fixture = await webFixture();
  const pin = (host: string) => callSocket(fixture, "POST", "/host-keys", { host, fingerprint: "SHA256:right" });
  for (const host of ["forge.example", "[forge.example]:2222"]) expect((await pin(host)).status).toBe(201);
  const forget = async (host: string) =>
    (await callSocket(fixture, "DELETE", `/host-keys/${encodeURIComponent(host)}`)).status;
  expect([await forget("forge.example:2222"), await forget("Forge.example:22")]).toEqual([200, 200]);
  expect(await fixture.store.hostKeys.list()).toEqual([]);
  expect(await forget("forge.example")).toBe(404);
});

test("the audit names who did it and from where", async () => {
  await using fixture = await webFixture();
  const entries: unknown[] = [];
  Object.assign(fixture.store.audit, { add: async (entry: unknown) => void entries.push(entry) });
  await setUp(fixture);
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  expect(entries).toEqual([
    { who: "ada", from: "127.0.0.1", what: "first account made", subject: "ada" },
    { who: "local operator", from: "unix socket", what: "stack added", subject: "shop" },
  ]);
});

test("a project that another stack keeps is refused by name", async () => {
  await using fixture = await webFixture();
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const { status, body } = await callSocket(fixture, "POST", "/stacks", {
    ...NEW_STACK,
    name: "other",
    project: "shop",
  });
  expect([status, body.error?.message]).toEqual([409, "the stack shop keeps the project shop already"]);
});
