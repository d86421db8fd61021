import { expect, test } from "bun:test";
import { LoadNotes } from "../../src/compose/load-notes.ts";

const at = (line: number) => ({ file: "/a", line });

test("later positions win, but those of list items are forgotten when both have the list", () => {
  const notes = new LoadNotes();
  notes.take(
    new Map([
      ["p", at(1)],
      ["p.0", at(2)],
      ["p.1", at(3)],
      ["q", at(4)],
    ]),
  );
  notes.take(
    new Map([
      ["p", at(9)],
      ["p.0", at(10)],
    ]),
  );
  expect([...notes.positions.entries()]).toEqual([
    ["p", at(9)],
    ["p.0", at(10)],
    ["q", at(4)],
  ]);
});
test("foreign positions are moved and never hide our own", () => {
  const notes = new LoadNotes();
  notes.take(new Map([["b.x", at(1)]]));
  notes.adopt(
    new Map([
      ["a", at(5)],
      ["a.x", at(6)],
      ["a.y", at(7)],
      ["ab", at(8)],
    ]),
    ["a"],
    ["b"],
  );
  expect(Object.fromEntries(notes.positions)).toEqual({ "b.x": at(1), b: at(5), "b.y": at(7) });
});
test("warnings go to the outermost notes, once each", () => {
  const outer = new LoadNotes();
  const inner = new LoadNotes(new LoadNotes(outer));
  inner.unset("A");
  inner.unset("A");
  expect([...outer.warnings]).toEqual(['The "A" variable is not set. Defaulting to a blank string.']);
  expect(inner.warnings.size).toBe(0);
});
