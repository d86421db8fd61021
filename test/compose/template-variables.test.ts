import { expect, test } from "bun:test";
import { showVariables, templateVariables } from "../../src/compose/template-variables.ts";

const variable = (name: string, changes: object = {}) => ({
  name,
  required: false,
  defaultValue: "",
  alternateValue: "",
  ...changes,
});

test("every operator, nested variables and several in one text", () => {
  const model = {
    a: "$A ${B} ${C:-c}${D-d$E}",
    b: ["${F:?msg}", "${G?}", "${H:+h}", "${I+i}"],
    c: { d: "$$NOT ${J:-{}}" },
  };
  expect(templateVariables(model)).toEqual([
    variable("A"),
    variable("B"),
    variable("C", { defaultValue: "c" }),
    variable("D", { defaultValue: "d$E" }),
    variable("E"),
    variable("F", { required: true }),
    variable("G", { required: true }),
    variable("H", { alternateValue: "h" }),
    variable("I", { alternateValue: "i" }),
    variable("J", { defaultValue: "{}" }),
  ]);
});

test("a model without variables has none", () => {
  expect(templateVariables({ services: { a: { image: "a" } }, n: 1 })).toEqual([]);
  expect(showVariables([], "yaml")).toBe("{}\n");
});

test("they are printed as Docker Compose prints them", () => {
  const variables = templateVariables({ a: "${TAG:-1}", b: "${R:?need}" });
  expect(showVariables(variables, "table")).toBe(
    `NAME                REQUIRED            DEFAULT VALUE       ALTERNATE VALUE\nR                   true${" ".repeat(36)}\nTAG                 false               1${" ".repeat(19)}\n`,
  );
  expect(showVariables(variables, "yaml")).toBe(
    'R:\n    name: R\n    defaultvalue: ""\n    presencevalue: ""\n    required: true\nTAG:\n    name: TAG\n    defaultvalue: "1"\n    presencevalue: ""\n    required: false\n',
  );
  expect(JSON.parse(showVariables(variables, "json"))).toEqual({
    R: { Name: "R", DefaultValue: "", PresenceValue: "", Required: true },
    TAG: { Name: "TAG", DefaultValue: "1", PresenceValue: "", Required: false },
  });
});
