import { expect, test } from "bun:test";
import { bytesField, bytesOf, fieldsOf, textOf } from "../../src/docker/protobuf.ts";

test("what is written is read again, long and empty texts too", () => {
  const long = "ü".repeat(40_000);
  const fields = fieldsOf(
    Buffer.concat([bytesField(1, "short"), bytesField(2, long), bytesField(300, Buffer.alloc(0))]),
  );
  expect(fields.map(([number]) => number)).toEqual([1, 2, 300]);
  expect([textOf(fields, 1), textOf(fields, 2), textOf(fields, 300), textOf(fields, 4)]).toEqual([
    "short",
    long,
    "",
    "",
  ]);
});
test("bytes are as another encoder writes them", () =>
  expect(bytesField(1, Buffer.alloc(200, 7)).subarray(0, 4)).toEqual(Buffer.from([0x0a, 0xc8, 0x01, 7])));
test("numbers of every width are passed over", () => {
  const message = Buffer.from([0x08, 0x96, 0x01, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1d, 1, 2, 3, 4, 0x22, 1, 0x61]);
  expect(fieldsOf(message)[0]).toEqual([1, 150]);
  expect(bytesOf(fieldsOf(message), 4)).toEqual(Buffer.from("a"));
});
test("a message that ends too early gives what it has", () =>
  expect(textOf(fieldsOf(Buffer.from([0x0a, 9, 0x61])), 1)).toBe("a"));
