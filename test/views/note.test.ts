import { expect, test } from "bun:test";
import { complaintNote, note } from "../../views/note.tsx";

test("an error says what happened, then what to do, and is read out", () => {
  const html = complaintNote({ message: "name is taken", hint: "Choose another" }).toString();
  expect(html).toContain("<b>name is taken.</b> Choose another.");
  expect(html).toContain(`role="alert"`);
});

test("what was true before is not read out", () => {
  expect(note({ tone: "warn", children: "x" }).toString()).not.toContain("role=");
});
