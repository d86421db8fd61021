import type { ClientHttp2Session, IncomingHttpHeaders } from "node:http2";
import type { Duplex } from "node:stream";
import { TallymanError } from "../error.ts";
import { frame, GrpcRefusal, grpcMessages } from "./grpc-frames.ts";

export interface GrpcClient {
  /** The answers to one message. Throws GrpcRefusal with the other side's words, EngineUnreachable when the connection ends. */
  call(path: string, message: Buffer): AsyncGenerator<Buffer>;
  /** Ends every call and the connection. */
  close(): void;
}

/** Asks gRPC methods over one open connection, without TLS; `what` is for messages. */
export async function connectGrpc(connection: Duplex, what: string): Promise<GrpcClient> {
  const { connect } = await import("node:http2");
  const session = connect("http://engine", { createConnection: () => connection });
  // Every call hears of the connection's end by itself.
  session.on("error", () => undefined);
  connection.on("error", () => undefined);
  return {
    call: (path, message) => answers(session, path, message, what),
    close() {
      session.destroy();
      connection.destroy();
    },
  };
}

async function* answers(
  session: ClientHttp2Session,
  path: string,
  message: Buffer,
  what: string,
): AsyncGenerator<Buffer> {
  const end = Promise.withResolvers<IncomingHttpHeaders | null>();
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
  });
  stream.once("trailers", end.resolve);
  // A refusal without a message has no trailers of its own.
  stream.once("response", (headers) => headers["grpc-status"] !== undefined && end.resolve(headers));
  for (const event of ["close", "error"]) stream.once(event, () => end.resolve(null));
  stream.end(frame(message));
  try {
    yield* grpcMessages(stream.iterator({ destroyOnReturn: false }));
  } catch (thrown) {
    if (thrown instanceof GrpcRefusal) throw thrown;
  }
  const said = await end.promise;
  if (said === null)
    throw new TallymanError("EngineUnreachable", `${what}: the Docker Engine closed the connection.`, {
      hint: "It is tried again by itself; see the Engine's log if this goes on.",
    });
  const status = Number(said["grpc-status"]);
  if (status !== 0) throw new GrpcRefusal(status, decoded(String(said["grpc-message"] ?? "")));
}

/** What is encoded wrongly is better than nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
