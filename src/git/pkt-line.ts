import { TallymanError } from "../error.ts";

/** One packet of Git's wire format. Source: gitprotocol-common(5), pkt-line. */
export type Packet =
  | { readonly type: "data"; readonly text: string }
  | { readonly type: "flush" }
  | { readonly type: "delimiter" }
  | { readonly type: "end" };

export const FLUSH = "0000";
export const DELIMITER = "0001";

/** One data packet, its length counted in bytes. */
export function pktLine(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, "0") + text;
}

/** Takes bytes as they come and gives whole packets. Throws GitNotARepository at the first byte that is no pkt-line. */
export class PacketDecoder {
  private rest: Buffer = Buffer.alloc(0);

  push(chunk: Uint8Array): Packet[] {
    this.rest = this.rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.rest, chunk]);
    const packets: Packet[] = [];
    let offset = 0;
    while (this.rest.length - offset >= 4) {
      const length = readLength(this.rest.toString("latin1", offset, offset + 4));
      if (length >= 4 && this.rest.length - offset < length) break;
      packets.push(toPacket(this.rest, offset, length));
      offset += Math.max(length, 4);
    }
    this.rest = this.rest.subarray(offset);
    return packets;
  }

  /** True when the bytes ended between two packets. */
  get complete(): boolean {
    return this.rest.length === 0;
  }
}

function readLength(hex: string): number {
  const length = /^[0-9a-f]{4}$/i.test(hex) ? Number.parseInt(hex, 16) : 3;
  if (length === 3) throw notGit();
  return length;
}

function toPacket(bytes: Buffer, offset: number, length: number): Packet {
  if (length === 0) return { type: "flush" };
  if (length === 1) return { type: "delimiter" };
  if (length === 2) return { type: "end" };
  return { type: "data", text: bytes.toString("utf8", offset + 4, offset + length) };
}

function notGit(): TallymanError {
  return new TallymanError("GitNotARepository", "the server's answer is not Git's protocol", {
    hint: "Check that the URL is the repository's clone URL.",
  });
}
