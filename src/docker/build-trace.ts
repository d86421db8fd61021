import { type Field, fieldsOf, textOf } from "./protobuf.ts";

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
