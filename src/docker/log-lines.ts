import type { LogLine } from "../engine.ts";

/** Longer lines are cut: 16 KiB. */
const LINE_BYTES = 16 * 1024;
const HEADER_BYTES = 8;

type StreamName = LogLine["stream"];

/** Turns the bytes of a log answer into lines, chunk by chunk; one for each answer. */
export interface LogDecoder {
  push(chunk: Buffer): readonly LogLine[];
  /** What was left without a newline at the end. */
  end(): readonly LogLine[];
}

/**
 * Frames of 8 bytes header (stream, 0, 0, 0, length big-endian) and payload; each payload is one message with its own time stamp,
 * and a long line comes as several messages of which only the last ends in a newline. Source: Docker Engine API, "Attach to a
 * container", stream format.
 */
export function framedLogDecoder(): LogDecoder {
  let rest: Buffer = Buffer.alloc(0);
  const lines = { stdout: lineJoiner("stdout"), stderr: lineJoiner("stderr") };
  return {
    push(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const found: LogLine[] = [];
      while (rest.length >= HEADER_BYTES) {
        const end = HEADER_BYTES + rest.readUInt32BE(4);
        if (rest.length < end) break;
        const stream: StreamName = rest[0] === 2 ? "stderr" : "stdout";
        found.push(...lines[stream].message(rest.subarray(HEADER_BYTES, end)));
        rest = rest.subarray(end);
      }
      return found;
    },
    end: () => [...lines.stdout.end(), ...lines.stderr.end()],
  };
}

/** A terminal's output comes without frames and as one stream. */
export function rawLogDecoder(): LogDecoder {
  let rest: Buffer = Buffer.alloc(0);
  const lines = lineJoiner("stdout");
  return {
    push(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const found: LogLine[] = [];
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        found.push(...lines.message(rest.subarray(0, end + 1)));
        rest = rest.subarray(end + 1);
      }
      // A line without end would grow for ever: what is beyond the cap is given out as it is.
      if (rest.length > 2 * LINE_BYTES) {
        found.push(...lines.message(rest), ...lines.end());
        rest = Buffer.alloc(0);
      }
      return found;
    },
    end: () => [...(rest.length > 0 ? lines.message(rest) : []), ...lines.end()],
  };
}

function lineJoiner(stream: StreamName) {
  let at = "";
  let parts: Buffer[] = [];
  let size = 0;
  const end = (): readonly LogLine[] => {
    if (parts.length === 0) return [];
    const line: LogLine = { at, stream, text: lineText(parts, size) };
    [at, parts, size] = ["", [], 0];
    return [line];
  };
  const message = (payload: Buffer): readonly LogLine[] => {
    const space = payload.indexOf(32);
    if (parts.length === 0) at = payload.subarray(0, Math.max(space, 0)).toString("latin1");
    const text = payload.subarray(space + 1);
    if (size < LINE_BYTES) parts.push(text);
    size += text.length;
    return text.at(-1) === 10 ? end() : [];
  };
  return { message, end };
}

function lineText(parts: readonly Buffer[], size: number): string {
  const text = new TextDecoder().decode(Buffer.concat(parts).subarray(0, LINE_BYTES));
  const line = text.replace(/\r?\n$/, "");
  return size > LINE_BYTES ? `${line}…` : line;
}
