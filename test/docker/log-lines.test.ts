import { expect, test } from "bun:test";
import { framedLogDecoder, rawLogDecoder } from "../../src/docker/log-lines.ts";

const AT = "2026-01-01T00:00:00.000000001Z";

function frame(stream: 1 | 2, payload: string | Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  const bytes = Buffer.from(payload);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

test("frames are read however the bytes are cut", () => {
  const bytes = Buffer.concat([frame(1, `${AT} one\n`), frame(2, `${AT} two\n`), frame(1, `${AT} \n`)]);
  for (const size of [1, 3, 7, 8, 9, 1000]) {
    const decoder = framedLogDecoder();
    const lines = [];
    for (let start = 0; start < bytes.length; start += size)
      lines.push(...decoder.push(bytes.subarray(start, start + size)));
    lines.push(...decoder.end());
    expect(lines).toEqual([
      { at: AT, stream: "stdout", text: "one" },
      { at: AT, stream: "stderr", text: "two" },
      { at: AT, stream: "stdout", text: "" },
    ]);
  }
});

test("a line that comes in parts is one line with the time of its first part", () => {
  const decoder = framedLogDecoder();
  expect(decoder.push(frame(1, `${AT} he`))).toEqual([]);
  expect(decoder.push(frame(2, `${AT} other\n`))).toEqual([{ at: AT, stream: "stderr", text: "other" }]);
  expect(decoder.push(frame(1, "2027-01-01T00:00:00.000000001Z llo\n"))).toEqual([
    { at: AT, stream: "stdout", text: "hello" },
  ]);
});

test("a character that is cut between two parts is whole again", () => {
  const decoder = framedLogDecoder();
  const [first, second] = [Buffer.from([0xc3]), Buffer.from([0xa9, 10])];
  decoder.push(frame(1, Buffer.concat([Buffer.from(`${AT} `), first])));
  expect(decoder.push(frame(1, Buffer.concat([Buffer.from(`${AT} `), second])))[0]?.text).toBe("é");
});

test("bytes that are no text are replaced and a carriage return at the end goes", () => {
  const payload = Buffer.concat([Buffer.from(`${AT} a`), Buffer.from([0xff]), Buffer.from("b\r\n")]);
  expect(framedLogDecoder().push(frame(1, payload))[0]?.text).toBe("a\uFFFDb");
});

test("what is left without a newline comes at the end", () => {
  const decoder = framedLogDecoder();
  decoder.push(frame(1, `${AT} rest`));
  expect(decoder.end()).toEqual([{ at: AT, stream: "stdout", text: "rest" }]);
});

test("an endless line of a terminal is given out in pieces", () => {
  const decoder = rawLogDecoder();
  const lines = decoder.push(Buffer.from(`${AT} ${"x".repeat(100_000)}`));
  expect(lines).toHaveLength(1);
  expect(lines[0]?.text.length).toBe(16 * 1024 + 1);
});
