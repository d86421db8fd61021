import { expect, test } from "bun:test";
import { createConnection, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { connectGrpc } from "../../src/docker/grpc-client.ts";
import { GRPC, GrpcRefusal } from "../../src/docker/grpc-frames.ts";
import { type GrpcMethod, serveGrpc } from "../../src/docker/grpc-server.ts";
import { temporaryDirectory } from "../support/temporary.ts";

/** What one call gives: the messages, then what was thrown. */
async function call(
  method: GrpcMethod,
  cut: (connection: Socket) => void = () => undefined,
): Promise<readonly unknown[]> {
  using directory = temporaryDirectory("grpc-client");
  const socketPath = join(directory.path, "socket");
  const listener = createServer((connection) => {
    cut(connection);
    void serveGrpc(connection, { "/a/b": method });
  }).listen(socketPath);
  await new Promise((resolve) => listener.once("listening", resolve));
  const client = await connectGrpc(createConnection({ path: socketPath }), "ask for b");
  const got: unknown[] = [];
  try {
    for await (const message of client.call("/a/b", Buffer.from("question"))) got.push(message.toString());
  } catch (thrown) {
    got.push(thrown);
  } finally {
    client.close();
    listener.close();
  }
  return got;
}

test("answers come one by one", async () => {
  const method: GrpcMethod = async function* ({ messages }) {
    for await (const message of messages) yield* [message, Buffer.from("and more")];
  };
  expect(await call(method)).toEqual(["question", "and more"]);
});
test("a refusal is thrown with the other side's code and words", async () => {
  const method: GrpcMethod = async function* () {
    yield Buffer.from("first");
    throw new GrpcRefusal(GRPC.notFound, "no such thing, 100 %");
  };
  expect(await call(method)).toMatchObject(["first", { code: GRPC.notFound, message: "no such thing, 100 %" }]);
});
test("a connection that is cut is an unreachable Engine", async () => {
  const begun = Promise.withResolvers<void>();
  const method: GrpcMethod = async function* ({ signal }) {
    begun.resolve();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    yield Buffer.alloc(0);
  };
  const cut = (connection: Socket): void => void begun.promise.then(() => connection.destroy());
  expect(await call(method, cut)).toMatchObject([{ reason: "EngineUnreachable" }]);
});
