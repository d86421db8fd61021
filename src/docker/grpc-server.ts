import { once } from "node:events";
import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import { frame, GRPC, GrpcRefusal, grpcMessages } from "./grpc-frames.ts";

/** One call that came in. */
export interface GrpcCall {
  /** The caller's messages, until it has no more. */
  readonly messages: AsyncIterable<Buffer>;
  /** What came beside them; empty when there is no such name. */
  readonly metadata: (name: string) => string;
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal;
}

/** Answers a call with one message or several. Throws GrpcRefusal to say why not. */
export type GrpcMethod = (call: GrpcCall) => AsyncIterable<Buffer>;

export interface GrpcServer {
  /** Ends every call and the connection. */
  close(): void;
}

/**
 * Answers gRPC calls that come over one open connection, without TLS; methods are named as in a request's path (`/package.Service/Method`).
 * Messages are never compressed, as we offer no compression. Source: gRPC over HTTP/2.
 */
export async function serveGrpc(
  connection: Duplex,
  methods: Readonly<Record<string, GrpcMethod>>,
): Promise<GrpcServer> {
  // Loaded for the few builds that need it: the daemon itself never speaks HTTP/2.
  const { createServer } = await import("node:http2");
  const server = createServer();
  const sessions: ServerHttp2Session[] = [];
  server.on("session", (session) => sessions.push(session));
  server.on("stream", (stream, headers) => {
    void answer(stream, methods[headers[":path"] ?? ""], (name) => String(headers[name] ?? ""));
  });
  // The connection's end is the caller's business: it fails what it still wanted from us.
  for (const event of ["error", "sessionError"]) server.on(event, () => undefined);
  connection.on("error", () => undefined);
  server.emit("connection", connection);
  return {
    close() {
      for (const session of sessions) session.destroy();
      connection.destroy();
    },
  };
}

async function answer(
  stream: ServerHttp2Stream,
  method: GrpcMethod | undefined,
  metadata: (name: string) => string,
): Promise<void> {
  const gone = new AbortController();
  let end: GrpcRefusal | null = null;
  stream.on("close", () => gone.abort());
  stream.on("error", () => gone.abort());
  stream.on("wantTrailers", () => stream.sendTrailers(trailers(end)));
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  try {
    if (!method) throw new GrpcRefusal(GRPC.unimplemented, "there is no such method");
    // A method that has read enough must not take the stream away from its own answer.
    const messages = grpcMessages(stream.iterator({ destroyOnReturn: false }));
    for await (const message of method({ messages, metadata, signal: gone.signal })) {
      // Who reads slowly holds the method back.
      if (!stream.write(frame(message))) await once(stream, "drain", { signal: gone.signal });
    }
  } catch (thrown) {
    end = thrown instanceof GrpcRefusal ? thrown : new GrpcRefusal(GRPC.internal, "it could not be answered");
  }
  if (!gone.signal.aborted) stream.end();
}

function trailers(end: GrpcRefusal | null): Record<string, string> {
  if (end === null) return { "grpc-status": String(GRPC.ok) };
  return { "grpc-status": String(end.code), "grpc-message": encodeURIComponent(end.message) };
}
