import { expect, test } from "bun:test";
import { validate } from "../../src/compose/validate.ts";
import { load, refusal } from "./memory-files.ts";

test.each([
  ["services: { a: { image: a, foo: 1 } }", "services.a additional properties 'foo' not allowed"],
  ["services: { a: { image: a, ports: {} } }", "services.a.ports must be a array"],
  ["services: { a: { image: [a] } }", "services.a.image must be a string"],
  ["services: { a: }", "services.a must be a mapping"],
  ["services: { a: { image: a, shm_size: [] } }", "services.a.shm_size must be a number or string"],
  [
    "services: { a: { image: a, volumes: [{ type: bind, source: /a, target: /b, content: x }] } }",
    "services.a.volumes.0 additional properties 'content' not allowed",
  ],
  ["services: { a: { image: a, depends_on: { b: {} } } }", "services.a.depends_on.b missing property 'condition'"],
  ["services: { a: { image: a, cgroup: x } }", "services.a.cgroup value must be one of 'host', 'private'"],
  ["services: { a: { image: a, oom_score_adj: 2000 } }", "services.a.oom_score_adj must be a string"],
  ["services: { a: { image: a, pull_policy: x } }", "services.a.pull_policy 'x' does not match pattern"],
  ["services: { a: { image: a, security_opt: [x, x] } }", "services.a.security_opt items at 0 and 1 are equal"],
  ["services: { a: { image: a, security_opt: [x, y, x, y] } }", "services.a.security_opt items at 0 and 2 are equal"],
  ["services: { 'a b': { image: a } }", "services additional properties 'a b' not allowed"],
])("%s", (text, message) =>
  expect(refusal(() => load(text)).message).toContain(`validating /srv/app/compose.yaml: ${message}`),
);

test("an unknown key is pointed at, with what to do", () => {
  const error = refusal(() => load("services:\n  a:\n    image: a\n    exclude_from_hc: true\n"));
  expect(error.at).toEqual({ file: "/srv/app/compose.yaml", line: 4, column: 5 });
  expect(error.hint).toBe("Remove or correct 'exclude_from_hc'; own fields begin with x-.");
});
test("own fields are allowed wherever the specification allows them", () => {
  validate({ "x-a": 1, services: { a: { "x-b": 1, build: { "x-c": 1 } } } }, "/f");
});
