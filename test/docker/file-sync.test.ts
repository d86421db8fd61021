import { expect, test } from "bun:test";
import type { ContextEntry } from "../../src/docker/build-context.ts";
import { fileSync } from "../../src/docker/file-sync.ts";
import { bytesField, bytesOf, fieldsOf, numberField, numberOf, textOf } from "../../src/docker/protobuf.ts";

const mtime = new Date("2026-01-02T03:04:05.678Z");
const entries: readonly ContextEntry[] = [
  { kind: "directory", path: "a", mode: 0o1755, mtime },
  { kind: "file", path: "a/b", mode: 0o4644, mtime, size: 5 },
  { kind: "link", path: "l", target: "a/b", mtime: new Date(-1) },
];
const read = async function* ({ path }: { readonly path: string }) {
  yield Buffer.from(path.slice(0, 1));
  yield Buffer.from(path.slice(1));
};
const REQUEST = 2;
const request = (id: number): Buffer => Buffer.concat([numberField(1, 1), numberField(3, id)]);
const END = numberField(1, 3);

/** What comes back, a line a packet. */
async function copied(
  about: Readonly<Record<string, string>>,
  ...asked: readonly Buffer[]
): Promise<readonly string[]> {
  const messages = (async function* () {
    yield* asked;
  })();
  const call = { messages, metadata: (name: string) => about[name] ?? "", signal: AbortSignal.timeout(10_000) };
  const packets = await Array.fromAsync(fileSync({ context: { entries, read } })(call));
  return packets.map((packet) => shown(packet));
}

function shown(packet: Buffer): string {
  const fields = fieldsOf(packet);
  const type = numberOf(fields, 1);
  const stat = fieldsOf(bytesOf(fields, REQUEST));
  if (type === 0 && stat.length === 0) return "all told";
  if (type === 0) {
    const milliseconds = Math.round(numberOf(stat, 6) / 1_000_000);
    return `${textOf(stat, 1)} ${numberOf(stat, 2).toString(8)} ${numberOf(stat, 5)} ${milliseconds} ${textOf(stat, 7)}`;
  }
  return type === 3 ? "end" : `${numberOf(fields, 3)}: ${textOf(fields, 4)}`;
}

const told = [
  `a 20004000755 0 ${mtime.getTime()} `,
  `a/b 40000644 5 ${mtime.getTime()} `,
  "l 1000000777 0 0 a/b",
  "all told",
];

test("every file is told of with its kind, mode, size and time, and those that are asked for are sent", async () =>
  expect(await copied({ "dir-name": "context" }, request(1), END)).toEqual([...told, "1: a", "1: /b", "1: ", "end"]));
test("what is no file is not sent, whatever is asked", async () =>
  expect(await copied({ "dir-name": "context" }, request(0), request(2), request(99), END)).toEqual([...told, "end"]));
test("of a tree one named file is enough, and a .dockerignore that is not there is nothing", async () => {
  expect(await copied({ "dir-name": "context", followpaths: "l" }, END)).toEqual([told[2] ?? "", "all told", "end"]);
  expect(await copied({ "dir-name": "context", followpaths: ".dockerignore" }, END)).toEqual(["all told", "end"]);
  expect(await copied({ "dir-name": "context", followpaths: "a, l" }, END)).toEqual([...told, "end"]);
});
test("a tree that nobody offered is refused", async () => {
  expect(String(await copied({ "dir-name": "etc" }, END).catch((thrown: unknown) => thrown))).toContain("etc");
});
test("what the builder could not do ends the copy", async () => {
  const error = Buffer.concat([numberField(1, 4), bytesField(4, "no space")]);
  const thrown = await copied({ "dir-name": "context" }, error).catch((reason: unknown) => reason);
  expect(String(thrown)).toContain("no space");
});
