import { expect, test } from "bun:test";
import { parseYaml } from "../../src/compose/parse-yaml.ts";
import { refusal } from "./memory-files.ts";

const read = (text: string) => parseYaml(text, "/f")[0]?.root;

test.each([
  ["a quoted text at the column of its key", 'web:\n  run: "sh -c\n  x"\n  user: u', { run: "sh -c x", user: "u" }],
  ["a quoted text at the margin", "web:\n  run: 'a\nb'\n  user: u", { run: "a b", user: "u" }],
  ["a quoted text in a list", 'web:\n  - "A=1\n  2"\n  - b', ["A=1 2", "b"]],
  ["a text whose line ends are escaped", 'web:\n  run: "a\\\n  b"', { run: "ab" }],
  ["a list", "web:\n  run: [a,\n  b\n  ]\n  user: u", { run: ["a", "b"], user: "u" }],
  ["a list at the margin", "web:\n  run: [\na, b c\nd\n]\n  user: u", { run: ["a", "b c d"], user: "u" }],
  ["collections in one another", "web:\n  x: {a: b, c: [\n  d]\n  }\n  y: z", { x: { a: "b", c: ["d"] }, y: "z" }],
  ["a list indented by tabs", "web:\n  run: [\n\ta,\n\tb ]", { run: ["a", "b"] }],
])("%s may go on anywhere", (_what, text, web) => expect(read(text)).toEqual({ web }));

test("a comment may follow a quote or a bracket without a space", () => {
  expect(read("a: 'x'#c\nb: [y]#c\nc: z#c")).toEqual({ a: "x", b: ["y"], c: "z#c" });
});

test("what follows is still held to its column, and a quote to its end", () => {
  expect(refusal(() => read("web:\n  run: [a,\n  b]\n user: u")).message).toContain("line 4");
  expect(refusal(() => read('web:\n  run: "a\nuser: u\n')).message).toContain('Missing closing "quote');
  expect(refusal(() => read("web:\n  run: [a,\n---\nb]")).message).toContain("failed to parse /f");
});
