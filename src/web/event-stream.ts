/** One server-sent event. */
export interface StreamEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data: string;
}

/**
 * The event on the wire. Every line of `data` gets a `data:` of its own and the other fields lose their line breaks, so that no text
 * can smuggle in an event. Source: HTML Living Standard, server-sent events.
 */
export function frame(event: StreamEvent): string {
  const fields = [
    event.id === undefined ? "" : `id: ${oneLine(event.id)}\n`,
    event.event === undefined ? "" : `event: ${oneLine(event.event)}\n`,
    ...event.data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`),
  ];
  return `${fields.join("")}\n`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\0]/g, " ");
}

/** How long a stream may live: `signal` ends it from outside, the stream itself calls `end` when it is over. */
export interface Lifetime {
  readonly signal: AbortSignal;
  end(): void;
}

interface StreamKind {
  readonly contentType: string;
  readonly opening: string;
  readonly heartbeat: string;
}

const EVENTS: StreamKind = {
  contentType: "text/event-stream; charset=utf-8",
  opening: ": open\n\n",
  heartbeat: ": \n\n",
};
const LINES: StreamKind = { contentType: "application/x-ndjson; charset=utf-8", opening: "", heartbeat: "\n" };

/**
 * Answers with what `source` yields. Headers leave at once; a comment goes out every `heartbeatMs` of silence; it ends when the source,
 * the reader or the lifetime does. Pulls: a slow reader holds the source back instead of filling memory.
 */
export function eventStream(source: AsyncIterable<StreamEvent>, lifetime: Lifetime, heartbeatMs = 15_000): Response {
  return streamResponse(EVENTS, mapFrames(source), lifetime, heartbeatMs);
}

/** One JSON value a line (`application/x-ndjson`), under the same rules; an empty line is the heartbeat. */
export function lineStream(source: AsyncIterable<unknown>, lifetime: Lifetime, heartbeatMs = 15_000): Response {
  return streamResponse(LINES, mapLines(source), lifetime, heartbeatMs);
}

async function* mapFrames(events: AsyncIterable<StreamEvent>): AsyncIterable<string> {
  for await (const event of events) yield frame(event);
}

async function* mapLines(values: AsyncIterable<unknown>): AsyncIterable<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}

function streamResponse(
  kind: StreamKind,
  source: AsyncIterable<string>,
  lifetime: Lifetime,
  heartbeatMs: number,
): Response {
  const chunks = source[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let pending: Promise<IteratorResult<string>> | undefined;
  const end = () => {
    lifetime.end();
    void chunks.return?.(undefined).catch(() => undefined);
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (kind.opening) controller.enqueue(encoder.encode(kind.opening));
    },
    async pull(controller) {
      pending ??= chunks.next();
      const next = await firstOf(pending, lifetime.signal, heartbeatMs).catch(() => "ended" as const);
      if (next === "silence") return controller.enqueue(encoder.encode(kind.heartbeat));
      pending = undefined;
      if (next !== "ended" && !next.done) return controller.enqueue(encoder.encode(next.value));
      controller.close();
      end();
    },
    cancel: end,
  });
  return new Response(body, {
    headers: { "content-type": kind.contentType, "cache-control": "no-store", "x-accel-buffering": "no" },
  });
}

async function firstOf<Value>(
  next: Promise<Value>,
  signal: AbortSignal,
  silenceMs: number,
): Promise<Value | "ended" | "silence"> {
  const settled = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ended = new Promise<"ended">((resolve) => {
    if (signal.aborted) resolve("ended");
    signal.addEventListener("abort", () => resolve("ended"), { once: true, signal: settled.signal });
  });
  const silence = new Promise<"silence">((resolve) => {
    timer = setTimeout(() => resolve("silence"), silenceMs);
  });
  try {
    return await Promise.race([next, ended, silence]);
  } finally {
    clearTimeout(timer);
    settled.abort();
  }
}
