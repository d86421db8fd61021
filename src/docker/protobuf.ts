/** One field of a protobuf message; a nested message, a text and bytes look alike. */
export type Field = readonly [number: number, value: number | Buffer];

/** The fields of a message; ends at whatever it does not know. Source: protobuf encoding. */
export function fieldsOf(message: Buffer): readonly Field[] {
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

/** Empty when the message does not have the field. */
export function bytesOf(fields: readonly Field[], wanted: number): Buffer {
  const value = fields.find(([number]) => number === wanted)?.[1];
  return typeof value === "object" ? value : Buffer.alloc(0);
}

/** Empty when the message does not have the field. */
export function textOf(fields: readonly Field[], wanted: number): string {
  return bytesOf(fields, wanted).toString("utf8");
}

/** 0 when the message does not have the field. */
export function numberOf(fields: readonly Field[], wanted: number): number {
  const value = fields.find(([number]) => number === wanted)?.[1];
  return typeof value === "number" ? value : 0;
}

/** One field that holds a whole number below 2^63, as it stands in a message. */
export function numberField(number: number, value: number): Buffer {
  return Buffer.from([...writtenVarint(number * 8), ...writtenVarint(value)]);
}

/** One field that holds bytes or a text, as it stands in a message. */
export function bytesField(number: number, value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from(writtenVarint(number * 8 + 2)), Buffer.from(writtenVarint(bytes.length)), bytes]);
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

function writtenVarint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...writtenVarint(Math.floor(value / 128))];
}
