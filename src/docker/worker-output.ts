import type { WorkerResult } from "../worker.ts";
import type { EngineClient } from "./engine-client.ts";
import { streamBody } from "./stream-body.ts";

const KEPT_BYTES = 64 * 1024;
const HEADER_BYTES = 8;

/** What an ended worker wrote, the first 64 KiB of each stream; the rest is read and dropped. */
export async function readWorkerOutput(
  client: EngineClient,
  id: string,
  signal: AbortSignal,
): Promise<Pick<WorkerResult, "stdout" | "stderr">> {
  const what = "read a worker's output";
  const query = { stdout: "1", stderr: "1" };
  const body = await client.stream({ method: "GET", path: `/containers/${id}/logs`, query, what }, signal);
  const kept = new CappedOutput();
  for await (const chunk of streamBody(body, what, signal)) kept.push(chunk);
  return { stdout: kept.text(1), stderr: kept.text(2) };
}

/** Takes the Engine's framed stream apart and keeps the beginning of each of its two streams. */
export class CappedOutput {
  #rest: Buffer = Buffer.alloc(0);
  readonly #kept = new Map<number, Buffer[]>();
  readonly #sizes = new Map<number, number>();

  push(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + this.#rest.readUInt32BE(4);
      if (this.#rest.length < end) return;
      this.#keep(this.#rest[0] ?? 1, this.#rest.subarray(HEADER_BYTES, end));
      this.#rest = this.#rest.subarray(end);
    }
  }

  text(stream: 1 | 2): string {
    return new TextDecoder().decode(Buffer.concat(this.#kept.get(stream) ?? []));
  }

  #keep(stream: number, payload: Buffer): void {
    const size = this.#sizes.get(stream) ?? 0;
    if (size >= KEPT_BYTES) return;
    const piece = payload.subarray(0, KEPT_BYTES - size);
    this.#kept.set(stream, [...(this.#kept.get(stream) ?? []), piece]);
    this.#sizes.set(stream, size + piece.length);
  }
}
