import { expect, test } from "bun:test";
import { parseDotenv } from "../../src/compose/dotenv.ts";

const host: Readonly<Record<string, string>> = { HOSTV: "h", OWN: "own" };
const read = (text: string) =>
  Object.fromEntries(parseDotenv(text, { lookup: (name) => host[name], onUnset: () => undefined }));

test.each([
  ["A=1\n# comment\n\n  B = 2", { A: "1", B: "2" }],
  ["export C=3", { C: "3" }],
  ["J: yaml", { J: "yaml" }],
  ["F=x # comment\nG=x#y", { F: "x", G: "x#y" }],
  ["H=\nI", { H: "" }],
  ["HOSTV", { HOSTV: "h" }],
  ['D="a\\nb $HOSTV \\$y $$x"', { D: "a\nb h $y $x" }],
  ["E='raw $HOSTV \\' \"q\"'", { E: 'raw $HOSTV \' "q"' }],
  ['K="multi\nline"\nL=1', { K: "multi\nline", L: "1" }],
  ["A=1\nM=${A}-${B:-z}-${NOPE:-d}", { A: "1", M: "1-z-d" }],
  ['N=a"b"c', { N: 'a"b"c' }],
  ['P="x" # c', { P: "x" }],
  ["R= # c", { R: "# c" }],
  ["S=\\n", { S: "\\n" }],
  ["u.v-w[x]=1\r\nA=2\r\n", { "u.v-w[x]": "1", A: "2" }],
  ["\uFEFFA=1", { A: "1" }],
])("%p reads as %p", (text, expected) => expect(read(text)).toEqual(expected));

test.each([
  ["A=1\nTAG X=1", "line 2: key cannot contain a space"],
  ["T!G=x", 'line 1: unexpected character "!" in variable name "T!G=x"'],
  ['A="x', 'line 1: unterminated quoted value "x'],
  ['A="x\nSECRET=y\n', /^line 3: unterminated quoted value "x$/],
  ['a"b=x', 'line 1: unexpected character "\\"" in variable name "a\\"b=x"'],
])("%p is refused: %s", (text, message) => expect(() => read(text)).toThrow(message));
