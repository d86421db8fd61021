import { describe, expect, test } from "bun:test";
import { substitute } from "../../src/compose/interpolate.ts";
import { load, refusal, webOf } from "./memory-files.ts";

const variables: Readonly<Record<string, string>> = { FOO: "first", BAR: "" };
const unset: string[] = [];
const filled = (template: string) =>
  substitute(template, { lookup: (name) => variables[name], onUnset: (name) => unset.push(name) });

describe("a template", () => {
  test.each([
    ["${UNSET:-${BAR-x}}", ""],
    ["${BAR:-x}", "x"],
    ["${BAR-x}", ""],
    ["${UNSET_VAR-${FOO} ${FOO}}", "first first"],
    ["${BAR+$FOO ${FOO:+second}}", "first second"],
    ["${UNSET_VAR-myerror?msg}", "myerror?msg"],
    ["http://${M:-h}:${N-80}/", "http://h:80/"],
    ["$$FOO", "$FOO"],
    ["$${A:-b}", "${A:-b}"],
    ["${A:-$$x}", "$x"],
    ["$1 $(x) $", "$1 $(x) $"],
    ['${M:-{"k":1}}', '{"k":1}'],
    ["${A:-x}b${C:-y}", "xby"],
    ["${V-foo:-bar}", "foo:-bar"],
    ["${FOO:?needed}", "first"],
  ])("%p becomes %p", (template, expected) => expect(filled(template)).toBe(expected));

  test.each(["${", "${}", "${ FOO}", "${FOO:x}", "${1}", "${FOO.bar}", "${A:-a\nb}"])("%p is refused", (template) => {
    expect(() => filled(template)).toThrow(`Invalid template: ${JSON.stringify(template)}`);
  });
  test("a variable that ? demands is refused with its reason, itself a template", () => {
    expect(() => filled("${BAR:?need $FOO}")).toThrow("required variable BAR is missing a value: need first");
    expect(() => filled("${NOPE?}")).toThrow(/^required variable NOPE is missing a value$/);
  });
  test("defaults within defaults end somewhere, and long texts take no long time", () => {
    expect(() => filled("${A:-".repeat(100_000) + "}".repeat(100_000))).toThrow("nested too deeply");
    expect(filled("${A:-x}".repeat(100_000))).toBe("x".repeat(100_000));
  });
  test("only a plain variable that is not set is reported", () => {
    unset.length = 0;
    filled("$NOPE ${ALSO} ${NOT-x} $BAR");
    expect(unset).toEqual(["NOPE", "ALSO"]);
  });
});

describe("a Compose file's variables", () => {
  test("are replaced in values, never in keys", () => {
    const web = webOf('{ image: "a:${TAG}", labels: { "$TAG": "$TAG" } }', { environment: { TAG: "1" } });
    expect(web.image).toBe("a:1");
    expect(web.labels).toEqual({ $TAG: "1" });
  });
  test("that are not set are blank and warned of", () => {
    const project = load('services: { web: { image: a, user: "$WHO" } }');
    expect(project.warnings).toEqual(['The "WHO" variable is not set. Defaulting to a blank string.']);
  });
  test("demanded and missing name the field, the file and the line", () => {
    const error = refusal(() => load("services:\n  web:\n    image: a\n    environment:\n      - KEY=${KEY:?}\n"));
    expect(error.reason).toBe("VariableMissing");
    expect(error.message).toEndWith(
      "error while interpolating services.web.environment.[]: required variable KEY is missing a value",
    );
    expect(error.at).toEqual({ file: "/srv/app/compose.yaml", line: 5, column: 9 });
    expect(error.hint).toContain("Set the variable");
  });
  test("in a wrong form say how to escape", () => {
    const error = refusal(() => webOf('{ image: "${1}" }'));
    expect(error.message).toContain(
      "invalid interpolation format for services.web.image.\nYou may need to escape any $",
    );
    expect(error.hint).toBe("Write a literal $ as $$.");
  });
});
