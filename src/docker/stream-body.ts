import type { IncomingMessage } from "node:http";
import { TallymanError } from "../error.ts";
import { interrupted } from "./within.ts";

const QUEUED_CHUNKS = 64;

/**
 * A body's chunks as they come; a slow reader holds the Engine back. Throws EngineUnreachable when the connection is cut before the
 * body's end, Interrupted when `signal` aborts. Whoever stops reading closes the connection.
 */
export async function* streamBody(body: IncomingMessage, what: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const reader = new BodyReader(body, signal);
  try {
    for (;;) {
      const chunk = await reader.next();
      if (signal.aborted) throw interrupted(what);
      if (chunk === "end") return;
      if (chunk === "cut")
        throw new TallymanError("EngineUnreachable", `${what}: the Docker Engine closed the connection.`, {
          hint: "It is tried again by itself; see the Engine's log if this goes on.",
        });
      yield chunk;
    }
  } finally {
    reader.close();
  }
}

/** For readers that end, without an error, when nobody wants more: `signal` is how they are told. */
export async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

class BodyReader {
  readonly #body: IncomingMessage;
  readonly #signal: AbortSignal;
  readonly #chunks: Buffer[] = [];
  #over: "end" | "cut" | null = null;
  #wake: () => void = () => {};

  constructor(body: IncomingMessage, signal: AbortSignal) {
    this.#body = body;
    this.#signal = signal;
    body.on("data", this.#onData);
    body.on("end", () => this.#end("end"));
    // Which of these a cut brings differs between runtimes and moments; `end` always comes before `close`.
    body.on("error", () => this.#end("cut"));
    body.on("aborted", () => this.#end("cut"));
    body.on("close", () => this.#end("cut"));
    signal.addEventListener("abort", this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  async next(): Promise<Buffer | "end" | "cut"> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        if (this.#chunks.length === 0) this.#body.resume();
        return chunk;
      }
      if (this.#over) return this.#over;
      const woken = Promise.withResolvers<void>();
      this.#wake = woken.resolve;
      await woken.promise;
    }
  }

  close(): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#body.destroy();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    if (this.#chunks.length >= QUEUED_CHUNKS) this.#body.pause();
    this.#wake();
  };

  readonly #onAbort = (): void => this.#end("end");

  #end(how: "end" | "cut"): void {
    this.#over ??= how;
    this.#wake();
  }
}

/** The JSON objects of a body that holds one a line; a line that is no JSON is left out. */
export async function* jsonLines<T>(chunks: AsyncIterable<Buffer>): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield* parsed<T>(line);
  }
  yield* parsed<T>(rest);
}

function parsed<T>(line: string): readonly T[] {
  if (line.trim() === "") return [];
  try {
    return [JSON.parse(line) as T];
  } catch {
    return [];
  }
}
