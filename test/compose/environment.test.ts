import { describe, expect, test } from "bun:test";
import { lookupIn, resolveEnvironment, withValues } from "../../src/compose/environment.ts";
import { refusal, webOf } from "./memory-files.ts";

describe("a container's environment", () => {
  test("a bare name takes the project's value or stays bare; an empty value is empty", () => {
    const web = webOf("{ image: a, environment: [FOO, GONE, EMPTY=, 'A=x=y'] }", { environment: { FOO: "host" } });
    expect(web.environment).toEqual({ FOO: "host", GONE: null, EMPTY: "", A: "x=y" });
  });
  test("numbers and booleans of a mapping become text", () => {
    expect(webOf("{ image: a, environment: { A: 1, B: true, C: 1.10 } }").environment).toEqual({
      A: "1",
      B: "true",
      C: "1.1",
    });
  });
  test("env files are read in order, environment wins, the project's variables fill templates first", () => {
    const web = webOf(
      "{ image: a, env_file: [a.env, b.env], environment: { OWN: own, A: over } }",
      { environment: { HOSTV: "h" } },
      {
        "a.env": "A=1\nB=2\nX=${HOSTV}-${OWN}-${B}",
        "b.env": "B=3",
      },
    );
    expect(web.environment).toEqual({ A: "over", B: "3", X: "h-own-2", OWN: "own" });
    expect(web).not.toHaveProperty("env_file");
  });
  test(".env is for interpolation alone", () => {
    const web = webOf('{ image: "a:${TAG}" }', {}, { ".env": "TAG=1" });
    expect([web.image, web.environment]).toEqual(["a:1", undefined]);
  });
  test("labels win over label files, which stay in the model", () => {
    const web = webOf("{ image: a, label_file: l, labels: { a: own } }", {}, { l: "a=file\nb=file" });
    expect(web.labels).toEqual({ a: "own", b: "file" });
    expect(web.label_file).toEqual(["/srv/app/l"]);
  });
});

test("a missing env file is refused unless it need not be there", () => {
  const error = refusal(() => webOf("{ image: a, env_file: x.env }"));
  expect([error.reason, error.at?.line]).toEqual(["ComposeFileMissing", 1]);
  expect(error.message).toEndWith("env file /srv/app/x.env not found: stat /srv/app/x.env: no such file or directory");
  expect(webOf("{ image: a, env_file: [{ path: x.env, required: false }] }").environment).toBeUndefined();
});
test("an unknown format and a trailing space are refused", () => {
  expect(refusal(() => webOf("{ image: a, env_file: [{ path: a, format: odd }] }")).message).toContain(
    'unsupported env_file format "odd"',
  );
  expect(refusal(() => webOf("{ image: a, environment: ['FOO =x'] }")).message).toContain(
    "environment variable FOO  is declared with a trailing space",
  );
});
test("a raw env file means what it says, letter by letter", () => {
  const text = "# note\nA='x' $B # c\nB=1\nHOSTV\n";
  const web = webOf(
    "{ image: a, env_file: [{ path: r.env, format: raw }] }",
    { environment: { HOSTV: "h" } },
    { "r.env": text },
  );
  expect(web.environment).toEqual({ A: "'x' $B # c", B: "1", HOSTV: "h" });
  for (const [bad, why] of [
    ["A B=1", "variable 'A B' contains whitespaces"],
    ["=x", "no variable name on line '=x'"],
  ] as const)
    expect(
      refusal(() => webOf("{ image: a, env_file: [{ path: r.env, format: raw }] }", {}, { "r.env": bad })).message,
    ).toContain(`failed to parse env_file /srv/app/r.env: ${why}`);
});
test("a variable that a later env file sets again counts as that file has it", () => {
  const others = { "a.env": "A=1", "b.env": "A=2\nX=$A" };
  expect(webOf("{ image: a, env_file: [a.env, b.env] }", {}, others).environment).toEqual({ A: "2", X: "2" });
});
test("templates in a label file see the files before it and no variable", () => {
  const others = { k: "B=1", l: "a=$FOO\nc=$B\nB=2\nd=$B" };
  const web = webOf("{ image: a, label_file: [k, l] }", { environment: { FOO: "x" } }, others);
  expect(web.labels).toEqual({ B: "2", a: "", c: "1", d: "1" });
});
test("a folder in place of an env file is said to be one, an empty name to be missing", () => {
  expect(refusal(() => webOf("{ image: a, env_file: sub }", {}, { "sub/x": "" })).message).toContain(
    "failed to read /srv/app/sub: read /srv/app/sub: is a directory",
  );
  expect(refusal(() => webOf("{ image: a, env_file: '' }")).message).toContain(
    "env file  not found: stat : no such file",
  );
});
test("for `config --hash` env files stay named and label files are read", () => {
  const others = { "a.env": "A=1", l: "x=y" };
  const web = webOf(
    "{ image: a, env_file: [a.env, { path: b, required: false }], label_file: l }",
    { leaveOut: ["env-files"] },
    others,
  );
  expect(web).toMatchObject({
    env_file: ["/srv/app/a.env", { path: "/srv/app/b", required: false }],
    labels: { x: "y" },
  });
  expect(web).not.toHaveProperty("label_file");
  expect(web.environment).toBeUndefined();
});
test("the first environment that knows a name answers, and no name meets what objects inherit", () => {
  const lookup = lookupIn(
    new Map([["A", "1"]]),
    new Map([
      ["A", "2"],
      ["B", "3"],
    ]),
  );
  expect([lookup("A"), lookup("B"), lookup("constructor")]).toEqual(["1", "3", undefined]);
  expect(withValues({ A: null, X: null, Y: "y" }, lookup)).toEqual({ A: "1", X: null, Y: "y" });
  expect(resolveEnvironment({ services: { a: {} } }, lookup)).toEqual({ services: { a: {} } });
});
