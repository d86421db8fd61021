/** The status codes of gRPC that we answer with. */
export const GRPC = { ok: 0, notFound: 5, tooLarge: 8, unimplemented: 12, internal: 13 } as const;

/** A call's end that the caller is told; `message` goes over the wire, so no secret may be in it. */
export class GrpcRefusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const PREFIX_BYTES = 5;
const MAX_MESSAGE_BYTES = 4 * 2 ** 20;

/** The messages of a stream of gRPC frames. Throws GrpcRefusal for one that is compressed or too large. */
export async function* grpcMessages(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= PREFIX_BYTES) {
      const end = PREFIX_BYTES + rest.readUInt32BE(1);
      if (rest[0] !== 0) throw new GrpcRefusal(GRPC.unimplemented, "compressed messages are not understood");
      if (end > MAX_MESSAGE_BYTES) throw new GrpcRefusal(GRPC.tooLarge, "a message is larger than 4 MiB");
      if (rest.length < end) break;
      yield rest.subarray(PREFIX_BYTES, end);
      rest = rest.subarray(end);
    }
  }
}

/** A message as it goes over the wire. Source: gRPC over HTTP/2. */
export function frame(message: Buffer): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
