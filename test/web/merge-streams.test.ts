import { expect, test } from "bun:test";
import { merged } from "../../src/web/merge-streams.ts";

async function* lines(...values: readonly string[]) {
  yield* values;
}

async function* endless(value: string) {
  for (;;) {
    yield value;
    await Bun.sleep(0);
  }
}

test("streams arrive as one, each in its own order, and end with the last of them", async () => {
  const all = merged<string>(new AbortController().signal);
  all.add(lines("a1", "a2", "a3"));
  all.add(lines("b1", "b2"));
  all.addNoMore();
  const seen = await Array.fromAsync(all);
  expect(seen.filter((line) => line.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
  expect(seen.filter((line) => line.startsWith("b"))).toEqual(["b1", "b2"]);
});

test("a chatty stream does not starve a quiet one", async () => {
  const stop = new AbortController();
  const all = merged<string>(stop.signal);
  all.add(endless("noise"));
  all.add(lines("quiet"));
  const seen: string[] = [];
  for await (const line of all) {
    seen.push(line);
    if (line === "quiet" || seen.length > 50) break;
  }
  expect(seen).toContain("quiet");
});

test("a stream that joins later is heard, and the end comes with the signal", async () => {
  const stop = new AbortController();
  const all = merged<string>(stop.signal);
  const reader = all[Symbol.asyncIterator]();
  const first = reader.next();
  all.add(lines("late"));
  expect((await first).value).toBe("late");
  const next = reader.next();
  stop.abort();
  expect((await next).done).toBe(true);
});

test("without any stream it waits, and ends when none will come", async () => {
  const all = merged<string>(new AbortController().signal);
  const next = all[Symbol.asyncIterator]().next();
  all.addNoMore();
  expect((await next).done).toBe(true);
});
