import { expect, test } from "bun:test";
import { splitWords } from "../../src/compose/shell-words.ts";

test.each([
  ["nginx -g 'daemon off;'", ["nginx", "-g", "daemon off;"]],
  ['sh -c "a && b"', ["sh", "-c", "a && b"]],
  ["a\\ b", ["a b"]],
  ['""', [""]],
  ["", []],
  ["a\"b c\"d'e f'", ["ab cde f"]],
  ["echo $(ls -l) x", ["echo", "$(ls -l)", "x"]],
  ["a # b", ["a", "#", "b"]],
  ["a\n b\t c", ["a", "b", "c"]],
])("%p is split into %p", (text, words) => expect(splitWords(text)).toEqual({ words, cut: false }));

test.each([
  ["a && b", ["a"]],
  ["a>b", ["a"]],
  ["a 12>b", ["a"]],
  ["x; y", ["x"]],
])("an unquoted operator ends %p", (text, words) => expect(splitWords(text)).toEqual({ words, cut: true }));

test.each(["echo (x)", "echo x)", "echo 'x", 'echo "x', "x\\"])("%p is no command line", (text) => {
  expect(() => splitWords(text)).toThrow("invalid command line string");
});
