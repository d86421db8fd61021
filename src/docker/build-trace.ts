/** A step of a BuildKit build, as far as one message tells. */
export interface TraceStep {
  readonly digest: string;
  readonly name: string;
  readonly started: boolean;
  readonly completed: boolean;
  readonly cached: boolean;
  readonly error: string;
}

export interface TraceLog {
  readonly digest: string;
  readonly text: string;
}

export interface Trace {
  readonly steps: readonly TraceStep[];
  readonly logs: readonly TraceLog[];
}

type Field = readonly [number: number, value: number | Buffer];

/**
 * One message of a BuildKit build: protobuf in base64. The client library reads its schema from a file beside it, which a program made
 * of one file does not have, so the six fields that we show are read here. Source: moby/buildkit api/services/control/control.proto.
 */
export function readTrace(base64: string): Trace {
  const fields = fieldsOf(Buffer.from(base64, "base64"));
  return { steps: nested(fields, 1).map(stepOf), logs: nested(fields, 3).map(logOf) };
}

function stepOf(fields: readonly Field[]): TraceStep {
  return {
    digest: textOf(fields, 1),
    name: textOf(fields, 3),
    cached: fields.some(([number, value]) => number === 4 && value === 1),
    started: fields.some(([number]) => number === 5),
    completed: fields.some(([number]) => number === 6),
    error: textOf(fields, 7),
  };
}

function logOf(fields: readonly Field[]): TraceLog {
  return { digest: textOf(fields, 1), text: textOf(fields, 4) };
}

function nested(fields: readonly Field[], wanted: number): readonly (readonly Field[])[] {
  return fields.flatMap(([number, value]) => (number === wanted && typeof value !== "number" ? [fieldsOf(value)] : []));
}

function textOf(fields: readonly Field[], wanted: number): string {
  const value = fields.find(([number]) => number === wanted)?.[1];
  return typeof value === "object" ? value.toString("utf8") : "";
}

/** The fields of a message; ends at whatever it does not know. Source: protobuf encoding. */
function fieldsOf(message: Buffer): readonly Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < message.length; ) {
    const [key, afterKey] = varint(message, at);
    const [value, afterValue] = varint(message, afterKey);
    const kind = key % 8;
    if (kind === 0) fields.push([Math.floor(key / 8), value]);
    else if (kind === 2) fields.push([Math.floor(key / 8), message.subarray(afterValue, afterValue + value)]);
    else if (kind !== 1 && kind !== 5) break;
    at = { 0: afterValue, 1: afterKey + 8, 2: afterValue + value, 5: afterKey + 4 }[kind] ?? message.length;
  }
  return fields;
}

function varint(message: Buffer, from: number): readonly [value: number, after: number] {
  let value = 0;
  for (let at = from; at < message.length; at += 1) {
    const byte = message[at] ?? 0;
    value += (byte % 128) * 2 ** (7 * (at - from));
    if (byte < 128) return [value, at + 1];
  }
  return [value, message.length];
}
