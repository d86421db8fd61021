import { expect, test } from "bun:test";
import { parseCommitInfo } from "../../src/git/commit-info.ts";

const COMMIT = "a".repeat(40);
const told = (author: string, date: string, subject: string) => `${[COMMIT, author, date, subject].join("\0")}\n`;

test("author, subject and the date in UTC are read", () => {
  expect(parseCommitInfo(told("Zoë", "2026-03-01T12:00:00+02:00", "Fix: a  b"), COMMIT)).toEqual({
    commit: COMMIT,
    author: "Zoë",
    message: "Fix: a  b",
    committedAt: "2026-03-01T10:00:00.000Z",
  });
});

test("text that would write over the terminal or the page's direction is made plain", () => {
  const info = parseCommitInfo(told("a\u001b[2Jb", "rubbish", `x\u202ey${"z".repeat(600)}`), COMMIT);
  expect(info.author).toBe("a [2Jb");
  expect(info.message.startsWith("x yz")).toBe(true);
  expect(info.message).toHaveLength(500);
  expect(info.committedAt).toBe("1970-01-01T00:00:00.000Z");
});

test("another commit than the wanted one is refused", () => {
  expect(() => parseCommitInfo(told("a", "2026-01-01T00:00:00Z", "b"), "b".repeat(40))).toThrow(/another commit/);
});
