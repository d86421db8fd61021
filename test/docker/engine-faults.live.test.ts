import { afterAll, expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import { createEngineClient } from "../../src/docker/engine-client.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const directory = temporaryDirectory("faults");
const signal = AbortSignal.timeout(900_000);
afterAll(() => directory.remove());

let servers = 0;

/** Something that listens like an Engine and answers every request with what `answer` writes. */
async function faultyEngine(answer: (socket: Socket, request: string) => void): Promise<string> {
  servers += 1;
  const path = `${directory.path}/${servers}.sock`;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      const request = chunk.toString("latin1");
      if (request.includes("/version")) respond(socket, `{"Version":"20.10.24","ApiVersion":"1.41"}`);
      else answer(socket, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  server.unref();
  return `unix://${path}`;
}

function respond(socket: Socket, body: string, length = body.length): void {
  socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`);
}

function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.catch((thrown: unknown) => thrown);
}

test("an Engine that never answers is a timeout, not a hang", async () => {
  const client = createEngineClient({ dockerHost: await faultyEngine(() => {}) });
  const call = client.call({ method: "GET", path: "/info", what: "ask", deadlineMs: 300 }, signal);
  expect(await failureOf(call)).toMatchObject({ reason: "EngineTimeout" });
});

test("a connection that is cut in the middle of a body doesn't hang", async () => {
  const dockerHost = await faultyEngine((socket) => {
    respond(socket, `{"half":`, 1000);
    setTimeout(() => socket.destroy(), 50);
  });
  const call = createEngineClient({ dockerHost }).call(
    { method: "GET", path: "/info", what: "ask", deadlineMs: 1_000 },
    signal,
  );
  expect(["EngineTimeout", "EngineUnreachable"]).toContain(((await failureOf(call)) as { reason: string }).reason);
});

test("a call ends at once when its signal aborts", async () => {
  const client = createEngineClient({ dockerHost: await faultyEngine(() => {}) });
  const abort = new AbortController();
  const call = client.call({ method: "GET", path: "/info", what: "ask" }, abort.signal);
  setTimeout(() => abort.abort(), 50);
  expect(await failureOf(call)).toMatchObject({ reason: "Interrupted" });
});

test("an event stream that is cut ends with EngineUnreachable", async () => {
  const dockerHost = await faultyEngine((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    setTimeout(() => socket.destroy(), 50);
  });
  const seen: string[] = [];
  const listen = async () => {
    for await (const { type } of connectEngine({ dockerHost }).changes("shop", signal)) seen.push(type);
  };
  expect(await failureOf(listen())).toMatchObject({ reason: "EngineUnreachable" });
  expect(seen).toEqual(["listening"]);
});

test("an event stream that the Engine ends is EngineUnreachable too", async () => {
  const dockerHost = await faultyEngine((socket) => {
    socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  });
  const listen = async () => {
    for await (const _ of connectEngine({ dockerHost }).changes("shop", signal));
  };
  expect(await failureOf(listen())).toMatchObject({ reason: "EngineUnreachable" });
});

test("an Engine that isn't there is told with its address and what to do", async () => {
  const dockerHost = `unix://${directory.path}/none.sock`;
  const error = await failureOf(connectEngine({ dockerHost }).info(signal));
  expect(error).toMatchObject({
    reason: "EngineUnreachable",
    message: expect.stringContaining(dockerHost),
    hint: expect.stringContaining("Is Docker running?"),
  });
});

test("an Engine whose socket is closed to us is told so, and used as soon as it is open again", async () => {
  const dockerHost = await faultyEngine((socket) => respond(socket, `{"Name":"ours","Containers":1}`));
  const engine = connectEngine({ dockerHost });
  const path = dockerHost.slice("unix://".length);
  chmodSync(directory.path, 0o755);
  chmodSync(path, 0o600);
  // Modes mean nothing to root: for a moment we are somebody else.
  const { seteuid } = process;
  if (!seteuid || process.getuid?.() !== 0) throw new Error("this test is run as root");
  seteuid(65_534);
  const closed = await failureOf(engine.info(signal));
  seteuid(0);
  expect(closed).toMatchObject({
    reason: "EngineUnreachable",
    message: expect.stringContaining(`no permission to use the Docker Engine at ${dockerHost} (EACCES)`),
    hint: expect.stringContaining("docker group"),
  });
  expect(await engine.info(signal)).toMatchObject({ name: "ours" });
});

test("DOCKER_HOST of the environment never wins over the address that was given", async () => {
  const dockerHost = await faultyEngine((socket) => respond(socket, `{"Name":"right","Containers":1}`));
  process.env["DOCKER_HOST"] = "tcp://127.0.0.1:1";
  process.env["DOCKER_CLIENT_TIMEOUT"] = "1";
  try {
    expect(await connectEngine({ dockerHost }).info(signal)).toMatchObject({ name: "right", apiVersion: "1.41" });
  } finally {
    delete process.env["DOCKER_HOST"];
    delete process.env["DOCKER_CLIENT_TIMEOUT"];
  }
});

test("what is no address of an Engine is refused", () => {
  expect(() => createEngineClient({ dockerHost: "ssh://host" })).toThrow(
    '"ssh://host" is no address of a Docker Engine.',
  );
});

test("a newer Engine is spoken to in the newest version that is known", async () => {
  const asked: string[] = [];
  const path = `${directory.path}/newer.sock`;
  const server = createServer((socket) => {
    socket.on("data", (chunk) => {
      asked.push(chunk.toString("latin1").split(" ")[1] ?? "");
      respond(socket, `{"Version":"99.0.0","ApiVersion":"1.99"}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  server.unref();
  await createEngineClient({ dockerHost: `unix://${path}` }).call(
    { method: "GET", path: "/info", what: "ask" },
    signal,
  );
  expect(asked).toEqual(["/version", "/v1.51/info"]);
});

test("an Engine is spoken to over TCP as well", async () => {
  const server = createServer((socket) => {
    socket.on("data", () => respond(socket, `{"Version":"20.10.24","ApiVersion":"1.41","Name":"far"}`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const { port } = server.address() as { port: number };
  expect(await connectEngine({ dockerHost: `tcp://127.0.0.1:${port}` }).info(signal)).toMatchObject({ name: "far" });
});
