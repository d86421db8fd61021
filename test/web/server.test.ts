import { describe, expect, test } from "bun:test";
import { chmod, mkdir, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { startServer, type WebServer } from "../../src/web/server.ts";
import { Browser, callSocket, webFixture } from "./web-fixture.ts";

async function reasonOf(attempt: Promise<WebServer>): Promise<readonly [string, string]> {
  try {
    await (await attempt).stop();
    return ["started", ""];
  } catch (thrown) {
    const { reason, message, hint } = thrown as { reason: string; message: string; hint: string };
    return [reason, `${message}. ${hint}`];
  }
}

describe("the unix socket", () => {
  test("is for its owner alone, in a directory that is so too", async () => {
    await using fixture = await webFixture();
    expect((await stat(fixture.socketPath)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(fixture.socketPath))).mode & 0o777).toBe(0o700);
  });

  test("closes a directory that stood open", async () => {
    await using fixture = await webFixture();
    await fixture.server.stop();
    await chmod(dirname(fixture.socketPath), 0o755);
    const again = await startServer(fixture.options);
    expect((await stat(dirname(fixture.socketPath))).mode & 0o777).toBe(0o700);
    await again.stop();
  });

  test("needs no login", async () => {
    await using fixture = await webFixture();
    expect((await callSocket(fixture, "GET", "/stacks")).status).toBe(200);
  });

  test("that a killed process left behind is taken over", async () => {
    await using fixture = await webFixture();
    await fixture.server.stop();
    await mkdir(dirname(fixture.socketPath), { recursive: true });
    const script = `Bun.listen({ unix: ${JSON.stringify(fixture.socketPath)}, socket: { data() {} } }); process.kill(process.pid, "SIGKILL");`;
    await Bun.spawn([process.execPath, "-e", script]).exited;
    expect((await stat(fixture.socketPath)).isSocket()).toBe(true);
    const again = await startServer(fixture.options);
    expect((await callSocket(fixture, "GET", "/version")).status).toBe(200);
    await again.stop();
  });

  test("of a running Tallyman is left alone", async () => {
    await using fixture = await webFixture();
    const [reason] = await reasonOf(startServer(fixture.options));
    expect(reason).toBe("AlreadyRunning");
    expect((await callSocket(fixture, "GET", "/version")).status).toBe(200);
  });

  test("is not made where a file lies", async () => {
    await using fixture = await webFixture();
    await fixture.server.stop();
    await Bun.write(fixture.socketPath, "precious");
    expect((await reasonOf(startServer(fixture.options)))[0]).toBe("InvalidInput");
    expect(await Bun.file(fixture.socketPath).text()).toBe("precious");
  });

  test("with a path that no system takes is refused in words", async () => {
    await using fixture = await webFixture();
    const socketPath = `${fixture.directory.path}/${"d".repeat(100)}/tallyman.sock`;
    const [reason, words] = await reasonOf(startServer({ ...fixture.options, socketPath }));
    expect(reason).toBe("InvalidInput");
    expect(words).toContain("shorter path");
  });

  test("is gone after a stop", async () => {
    await using fixture = await webFixture();
    await fixture.server.stop();
    expect(await stat(fixture.socketPath).catch(() => null)).toBeNull();
  });
});

describe("the address", () => {
  test("that something else listens on is refused with another one to take", async () => {
    await using fixture = await webFixture();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const socketPath = `${fixture.directory.path}/other/tallyman.sock`;
    const [reason, words] = await reasonOf(
      startServer({ ...fixture.options, socketPath, listen: { host: "127.0.0.1", port } }),
    );
    expect(reason).toBe("AddressInUse");
    expect(words).toContain(`--listen 127.0.0.1:${port + 1}`);
    other.close();
  });

  test("that two Tallymans want goes to the first", async () => {
    await using fixture = await webFixture();
    const port = Number(new URL(fixture.url).port);
    const socketPath = `${fixture.directory.path}/other/tallyman.sock`;
    const [reason] = await reasonOf(
      startServer({ ...fixture.options, socketPath, listen: { host: "127.0.0.1", port } }),
    );
    expect(reason).toBe("AddressInUse");
  });

  test("that others can reach needs TLS or the operator's word", async () => {
    await using fixture = await webFixture();
    const elsewhere = { ...fixture.options, socketPath: `${fixture.directory.path}/other/tallyman.sock` };
    const open = { ...elsewhere, listen: { host: "0.0.0.0", port: 0 } };
    const [reason, words] = await reasonOf(startServer(open));
    expect([reason, words.includes("--insecure-http")]).toEqual(["InvalidInput", true]);
    expect(await reasonOf(startServer({ ...open, insecureHttp: true }))).toEqual(["started", ""]);
  });
});

test("health tells strangers that it lives, readiness what does not work, and no more", async () => {
  await using fixture = await webFixture({
    engine: {
      info: () => Promise.reject(new Error("secret of the Engine")),
      logs: async function* () {},
      observe: () => Promise.reject(new Error("nobody looks")),
    },
  });
  const browser = new Browser(fixture.url);
  expect(await (await browser.get("/healthz")).json()).toEqual({ ok: true });
  const ready = await browser.get("/readyz");
  expect([ready.status, await ready.json()]).toEqual([503, { ok: false, store: true, engine: false }]);
});

test("a stop lets a request under way finish", async () => {
  const fixture = await webFixture();
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  fixture.reconciler.statuses = async () => {
    arrived.resolve();
    await gate.promise;
    return [];
  };
  const answer = callSocket(fixture, "GET", "/stacks");
  await arrived.promise;
  const stopped = fixture.server.stop();
  gate.resolve();
  expect((await answer).status).toBe(200);
  await stopped;
  fixture.directory.remove();
});
