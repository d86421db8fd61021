import { expect, test } from "bun:test";
import { LoadNotes } from "../../src/compose/load-notes.ts";

const at = (line: number) => ({ file: "/a", line });

test("later positions win, but those of list items are forgotten when both have the list", () => {
  const notes = new LoadNotes();
  notes.take(
    new Map([
      ["s.web.p", at(1)],
      ["s.web.p.0", at(2)],
      ["s.web.p.1", at(3)],
      ["s.web.q", at(4)],
    ]),
  );
  notes.take(
    new Map([
      ["s.web.p", at(9)],
      ["s.web.p.0", at(10)],
    ]),
  );
  expect([...notes.positions.entries()]).toEqual([
    ["s.web.p", at(9)],
    ["s.web.p.0", at(10)],
    ["s.web.q", at(4)],
  ]);
});
test("foreign positions are moved and never hide our own", () => {
  const notes = new LoadNotes();
  notes.take(new Map([["s.b.x", at(1)]]));
  const foreign = new LoadNotes();
  foreign.take(
    new Map([
      ["s.a", at(5)],
      ["s.a.x", at(6)],
      ["s.a.y", at(7)],
      ["s.ab", at(8)],
    ]),
  );
  notes.adopt(foreign, ["s", "a"], ["s", "b"]);
  expect(Object.fromEntries(notes.positions)).toEqual({ "s.b.x": at(1), "s.b": at(5), "s.b.y": at(7) });
});
test("warnings go to the outermost notes, once each", () => {
  const outer = new LoadNotes();
  const inner = new LoadNotes(new LoadNotes(outer));
  inner.unset("A");
  inner.unset("A");
  expect([...outer.warnings]).toEqual(['The "A" variable is not set. Defaulting to a blank string.']);
  expect(inner.warnings.size).toBe(0);
});
