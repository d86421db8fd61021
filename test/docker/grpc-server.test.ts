import { describe, expect, test } from "bun:test";
import { connect } from "node:http2";
import { createConnection, createServer } from "node:net";
import { join } from "node:path";
import { GRPC, GrpcRefusal, grpcMessages } from "../../src/docker/grpc-frames.ts";
import { type GrpcMethod, serveGrpc } from "../../src/docker/grpc-server.ts";
import { temporaryDirectory } from "../support/temporary.ts";

interface Answer {
  readonly status: string;
  readonly said: string;
  readonly messages: readonly string[];
}

/** One call to a server with these methods, over a unix socket; with `leave` the caller goes away at the first message. */
async function call(
  methods: Readonly<Record<string, GrpcMethod>>,
  path: string,
  body: Buffer,
  leave = false,
): Promise<Answer> {
  using directory = temporaryDirectory("grpc");
  const socketPath = join(directory.path, "socket");
  const listener = createServer((connection) => void serveGrpc(connection, methods)).listen(socketPath);
  await new Promise((resolve) => listener.once("listening", resolve));
  const session = connect("http://session", { createConnection: () => createConnection({ path: socketPath }) });
  try {
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      "x-word": "w",
    });
    const trailers = new Promise<Readonly<Record<string, unknown>>>((resolve) => stream.once("trailers", resolve));
    stream.end(body);
    if (leave) {
      await new Promise((resolve) => stream.once("data", resolve));
      stream.close();
      return { status: "", said: "", messages: [] };
    }
    const messages = (await Array.fromAsync(grpcMessages(stream))).map(String);
    const { "grpc-status": status, "grpc-message": said = "" } = await trailers;
    return { status: String(status), said: decodeURIComponent(String(said)), messages };
  } finally {
    session.destroy();
    listener.close();
  }
}

function frame(text: string, compressed = 0): Buffer {
  const prefix = Buffer.from([compressed, 0, 0, 0, 0]);
  prefix.writeUInt32BE(Buffer.byteLength(text), 1);
  return Buffer.concat([prefix, Buffer.from(text)]);
}

const echo: GrpcMethod = async function* ({ messages, metadata }) {
  for await (const message of messages) yield Buffer.from(`${message.toString()} ${metadata("x-word")}`);
};

describe("a call", () => {
  test("is answered message by message, with what came beside it", async () =>
    expect(await call({ "/a/echo": echo }, "/a/echo", Buffer.concat([frame("1"), frame("2")]))).toEqual({
      status: "0",
      said: "",
      messages: ["1 w", "2 w"],
    }));
  test("of a method that is not there is told so", async () =>
    expect(await call({}, "/a/none", frame(""))).toMatchObject({ status: "12", messages: [] }));
  test("that is refused is told why", async () => {
    const refuse: GrpcMethod = async function* ({ messages }) {
      for await (const message of messages) throw new GrpcRefusal(GRPC.notFound, `no "${message.toString()}" für dich`);
      yield Buffer.alloc(0);
    };
    expect(await call({ "/a/b": refuse }, "/a/b", frame("x"))).toMatchObject({ status: "5", said: 'no "x" für dich' });
  });
  test("that fails is told nothing of the reason, which may hold a secret", async () => {
    const fail: GrpcMethod = async function* () {
      yield Buffer.from("before");
      throw new Error("the secret is 42");
    };
    const { status, said, messages } = await call({ "/a/b": fail }, "/a/b", frame("x"));
    expect({ status, messages }).toEqual({ status: "13", messages: ["before"] });
    expect(said).not.toContain("42");
  });
  test("that the caller gives up tells the method", async () => {
    const gone = Promise.withResolvers<void>();
    const wait: GrpcMethod = async function* ({ signal }) {
      signal.addEventListener("abort", () => gone.resolve());
      yield Buffer.from("begun");
      await gone.promise;
    };
    await call({ "/a/b": wait }, "/a/b", frame("x"), true);
    await gone.promise;
  });
});

describe("frames", () => {
  const messagesOf = async (...chunks: readonly Buffer[]) => {
    const source = async function* () {
      yield* chunks;
    };
    return (await Array.fromAsync(grpcMessages(source()))).map(String);
  };
  test("are put together whatever pieces they come in", async () => {
    const bytes = Buffer.concat([frame("one"), frame(""), frame("three")]);
    expect(await messagesOf(...[...bytes].map((byte) => Buffer.from([byte])))).toEqual(["one", "", "three"]);
    expect(await messagesOf(bytes)).toEqual(["one", "", "three"]);
  });
  test("that are compressed or too large are refused", async () => {
    const refusalOf = (bytes: Buffer) => messagesOf(bytes).catch((thrown: unknown) => thrown);
    expect(await refusalOf(frame("x", 1))).toMatchObject({ code: GRPC.unimplemented });
    expect(await refusalOf(Buffer.from([0, 0x7f, 0, 0, 0]))).toMatchObject({ code: GRPC.tooLarge });
  });
});
