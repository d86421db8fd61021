import { describe, expect, test } from "bun:test";
import { parseYaml } from "../../src/compose/parse-yaml.ts";
import { refusal } from "./memory-files.ts";

const parse = (text: string) => parseYaml(text, "/srv/app/compose.yaml");
const root = (text: string) => parse(text)[0]?.root;

describe("a document", () => {
  test("knows where every key and item was written", () => {
    const positions = parse("services:\n  web:\n    ports:\n      - 80\n")[0]?.positions;
    expect(positions?.get("services.web.ports")).toEqual({ file: "/srv/app/compose.yaml", line: 3, column: 5 });
    expect(positions?.get("services.web.ports.0")).toEqual({ file: "/srv/app/compose.yaml", line: 4, column: 9 });
  });
  test("merge keys: local keys win, then earlier mappings of the list", () => {
    expect(root("a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc:\n  <<: [*a, *b]\n  y: 3")).toMatchObject({
      c: { x: 1, y: 3, z: 2 },
    });
  });
  test("!reset takes a key away, !override keeps it, both are remembered", () => {
    const [document] = parse("a: !reset null\nb: !override [1]\nc: {d: !reset {}}");
    expect(document?.root).toEqual({ b: [1], c: {} });
    expect(document?.resets).toEqual([["a"], ["b"], ["c", "d"]]);
  });
  test("several documents are several", () =>
    expect(parse("a: 1\n---\nb: 2").map(({ root }) => root)).toEqual([{ a: 1 }, { b: 2 }]));
  test("an empty file has none", () => expect(parse("# nothing\n")).toEqual([]));
  test("a byte order mark is no matter", () => expect(root("\uFEFFa: 1")).toEqual({ a: 1 }));
  test("quoted scalars and !!str stay text", () => expect(root('a: "1"\nb: !!str 2')).toEqual({ a: "1", b: "2" }));
});

describe("what is refused", () => {
  test.each([
    ["a: 1\nb: 2\na: 3", 'line 3: mapping key "a" already defined at line 1', 3],
    ["1: x", "non-string key at top level: 1", 1],
    ["a:\n  b:\n    2: x", "non-string key in a.b: 2", 3],
    ["a:\n\tb: 1", "failed to parse /srv/app/compose.yaml: yaml: line 2:", 2],
    ["a: *b", "unknown anchor 'b' referenced", 1],
    ["a: &a [*a]", "cycle detected", 1],
    ["x: &x [1]\na:\n  <<: *x", "map merge requires map or sequence of maps as the value", 3],
  ])("%p", (text, message, line) => {
    const error = refusal(() => parse(text));
    expect(error.reason).toBe("ComposeInvalid");
    expect(error.message).toContain(message);
    expect(error.at?.line).toBe(line);
  });
  test("anchors that stand for millions of nodes", () => {
    const levels = "bcdefghi"
      .split("")
      .map((name, index) => `${name}: &${name} [${`*${"abcdefgh".charAt(index)},`.repeat(10)}]`);
    expect(refusal(() => parse(["a: &a [1]", ...levels].join("\n"))).message).toContain("more than 15000 nodes");
  });
  test("nesting without end", () => {
    expect(refusal(() => parse("[".repeat(400_000))).message).toContain("nested too deeply");
    expect(refusal(() => parse("- ".repeat(400_000))).message).toContain("nested too deeply");
    const steps = Array.from({ length: 1000 }, (_, depth) => `${" ".repeat(depth)}a:`);
    expect(refusal(() => parse(steps.join("\n"))).message).toContain("nested too deeply");
  });
  test("files that are too large", () => {
    expect(refusal(() => parse(`a: ${"x".repeat(3_000_000)}`)).message).toContain("larger than");
    expect(refusal(() => parse("a: 1\n".repeat(300_000))).message).toContain("too many lines");
    expect(refusal(() => parse(`a: [${"b,".repeat(30_000)}]`)).message).toContain("too many keys or items");
    expect(refusal(() => parse("- a\n".repeat(30_000))).message).toContain("too many keys or items");
    expect(refusal(() => parse("---\n".repeat(30_000))).message).toContain("too many keys or items");
  });
});

test("two merge keys in one mapping are a duplicate", () =>
  expect(refusal(() => parse("a: &a { x: 1 }\nb: { <<: *a, <<: *a }")).message).toContain(
    'line 2: mapping key "<<" already defined at line 2',
  ));
test("an anchor within itself is named with both places", () =>
  expect(refusal(() => parse("x: &x [*x]")).message).toContain(
    "cycle detected: node at path x.0.0 references node at path x.0",
  ));
test("a scalar that is not what its tag says is pointed at", () => {
  const error = refusal(() => parse("a: 1\nb: !!int x"));
  expect(error.message).toContain("yaml: cannot decode !!str `x` as a !!int");
  expect(error.at).toMatchObject({ line: 2, column: 10 });
});
test("binary text is what it stands for, and an empty non-specific tag is null", () =>
  expect(parse("a: !!binary aGk=\nb: !\nc: ! x")[0]?.root).toEqual({ a: "hi", b: null, c: "x" }));

test.each([
  ["a: \uFFFDb", "invalid UTF-8", 4],
  ["a: 'b\u0000'", "control characters are not allowed", 6],
  ["a: \u007f", "control characters are not allowed", 4],
  ["a: b\uFEFF", "control characters are not allowed", 5],
])("the text %j is refused: %s", (text, why, column) => {
  const error = refusal(() => parse(`# first\n${text}`));
  expect(error.message).toContain(`yaml: ${why}`);
  expect(error.at).toMatchObject({ line: 2, column });
});
test("other languages, symbols and a byte order mark are text", () =>
  expect(parse("\uFEFFa: ä日本😀\u0085")[0]?.root).toMatchObject({ a: expect.stringContaining("ä日本😀") }));
