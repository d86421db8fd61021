import { expect, test } from "bun:test";
import { relativeTime, showMilliseconds } from "../../src/cli/relative-time.ts";
import { eventStreamMessages } from "../../src/cli/server-sent-events.ts";
import { fields, table } from "../../src/cli/table.ts";
import { textLines } from "../../src/cli/text-lines.ts";

async function* inChunks(...chunks: readonly string[]): AsyncIterable<string> {
  yield* chunks;
}

test("a table is aligned by what is seen, not by bytes, and has no spaces at line ends", () => {
  const shown = table(
    ["name", "state"],
    [
      ["漢字", { shown: "\u001b[32m●\u001b[0m" }],
      ["a", ""],
    ],
  );
  expect(shown).toBe("NAME  STATE\n漢字  \u001b[32m●\u001b[0m\na\n");
  expect(table(["name"], [])).toBe("");
});

test("a line too long for the terminal loses the end of its last cell", () => {
  const rows = [
    ["a", "exactly fits"],
    ["b", "this goes on and on"],
    ["c", "漢字漢字漢字漢字漢字"],
  ];
  expect(table(["n", "message"], rows, 15)).toBe("N  MESSAGE\na  exactly fits\nb  this goes o…\nc  漢字漢字漢…\n");
});

test("a cell from outside stays one line of plain text", () => {
  expect(table(["m"], [["a\nb\u001b[2J"]])).toBe("M\nab\n");
  expect(fields([["m", "a\nb"]])).toBe("m:  ab\n");
});

test("ages are told in the largest unit", () => {
  const now = new Date("2026-02-03T04:05:06Z");
  const ages = [
    "2026-02-03T04:05:06Z",
    "2026-02-03T04:04:30Z",
    "2026-02-03T03:30:00Z",
    "2026-02-02T20:00:00Z",
    "2026-01-31T00:00:00Z",
  ];
  expect(ages.map((at) => relativeTime(at, now))).toEqual(["just now", "36 s ago", "35 min ago", "8 h ago", "3 d ago"]);
  expect(relativeTime(null, now)).toBe("never");
});

test("durations are told so that a person can compare them", () => {
  expect([null, 4, 999, 1_000, 59_900, 60_000, 125_000].map(showMilliseconds)).toEqual([
    "–",
    "4 ms",
    "999 ms",
    "1.0 s",
    "59.9 s",
    "1 min 0 s",
    "2 min 5 s",
  ]);
});

test("lines are the same wherever the chunks are cut", async () => {
  const text = "one\r\ntwo\n\nthree";
  const whole = await Array.fromAsync(textLines(inChunks(text)));
  expect(whole).toEqual(["one", "two", "", "three"]);
  expect(await Array.fromAsync(textLines(inChunks(...text.split(""))))).toEqual(whole);
});

test("an endless line comes out in pieces", async () => {
  const piece = "x".repeat(700_000);
  const lines = await Array.fromAsync(textLines(inChunks(piece, piece, piece, "\n")));
  expect(lines.map((line) => line.length)).toEqual([1_400_000, 700_000]);
});

test("event streams: comments and messages without data are skipped, ids last, data has lines", async () => {
  const text = ': open\n\nid: 1\nevent: note\ndata: {"a":\ndata: 1}\n\nevent: empty\n\ndata:no space\n\ndata: cut off';
  expect(await Array.fromAsync(eventStreamMessages(inChunks(...text.split(""))))).toEqual([
    { id: "1", event: "note", data: '{"a":\n1}' },
    { id: "1", event: "", data: "no space" },
  ]);
});
