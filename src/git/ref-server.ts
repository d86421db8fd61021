import { TallymanError } from "../error.ts";
import type { Revision } from "../revision.ts";
import type { Advertisement, RemoteRefs } from "./ls-refs.ts";
import { type Packet, PacketDecoder } from "./pkt-line.ts";
import { ALL_NAMES, findRef, prefixesFor, resolveRef } from "./resolve-ref.ts";

/** A Git server that has said its first words; what probe-http and probe-ssh have in common. */
export interface RefServer {
  readonly advertisement: Advertisement;
  /** Asks for the refs below the prefixes; only with protocol 2. */
  lsRefs(prefixes: readonly string[]): Promise<RemoteRefs>;
}

/** A v0 server with 100,000 refs sends about 8 MiB; what is larger is not meant well. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** What a ref points to. Asks for one name; only when that fails for all of them, to say what there is. */
export async function askForRef(server: RefServer, wanted: string | null): Promise<Revision> {
  if (server.advertisement.version === 1) return resolveRef(server.advertisement.refs, wanted);
  const found = findRef(await server.lsRefs(prefixesFor(wanted)), wanted);
  return found ?? resolveRef(await server.lsRefs(ALL_NAMES), wanted);
}

/** Packets of a stream of bytes, which ends with GitRefused beyond `maxBytes` in all. */
export async function* readPackets(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Packet, void> {
  const decoder = new PacketDecoder();
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    yield* decoder.push(chunk);
  }
  if (!decoder.complete) throw cutOff();
}

/** The data lines up to the next flush packet; null when the stream ended before any. Throws GitUnreachable when it is cut in between. */
export async function readSection(packets: AsyncIterator<Packet, void>): Promise<readonly string[] | null> {
  const lines: string[] = [];
  while (true) {
    const next = await packets.next();
    if (next.done) {
      if (lines.length === 0 || lines.some((line) => line.startsWith("ERR "))) return lines.length === 0 ? null : lines;
      throw cutOff();
    }
    if (next.value.type === "flush") return lines;
    if (next.value.type === "data") lines.push(next.value.text);
  }
}

function cutOff(): TallymanError {
  return new TallymanError("GitUnreachable", "the Git server ended its answer in the middle", {
    hint: "It is tried again at the next poll.",
  });
}

function tooLarge(maxBytes: number): TallymanError {
  return new TallymanError("GitRefused", `the Git server's answer is larger than ${maxBytes / 1024 / 1024} MiB`, {
    hint: "Check that the URL is the repository's clone URL; a server this old with this many refs is not supported.",
  });
}
