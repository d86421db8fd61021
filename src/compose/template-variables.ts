import { isList, isMapping, type Mapping, type Value } from "./tree.ts";
import { yamlText } from "./yaml-text.ts";

/** A variable as templates name it: `${NAME:-default}`, `${NAME:+alternate}`, `${NAME:?}`. */
export interface TemplateVariable {
  readonly name: string;
  readonly required: boolean;
  readonly defaultValue: string;
  readonly alternateValue: string;
}

/** Every variable of a model without interpolation, by name; of several templates the last one counts. Source: compose-go ExtractVariables. */
export function templateVariables(model: Mapping): readonly TemplateVariable[] {
  const byName = new Map(variablesIn(model).map((variable) => [variable.name, variable]));
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function variablesIn(value: Value): readonly TemplateVariable[] {
  if (typeof value === "string") return variablesOf(value);
  if (isList(value)) return value.flatMap(variablesIn);
  return isMapping(value) ? Object.values(value).flatMap(variablesIn) : [];
}

const TEMPLATE = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{(?:([_a-z][_a-z0-9]*(?::?[-+?].*)?)\}|))/gi;

function variablesOf(text: string): readonly TemplateVariable[] {
  return [...text.matchAll(TEMPLATE)].flatMap(([whole, escaped, named, braced = ""]) => {
    if (escaped) return [];
    if (named) return [variable(named, "", "")];
    const end = closing(whole);
    if (end < 0) return expression(braced);
    return [...variablesOf(whole.slice(end + 1)), ...expression(whole.slice(2, end))];
  });
}

/** What stands between the braces, and the variables of its default or alternate. */
function expression(text: string): readonly TemplateVariable[] {
  const [name = ""] = /^\w*/.exec(text) ?? [];
  const [, operator = "", argument = ""] = /^(:?[-+?])(.*)$/s.exec(text.slice(name.length)) ?? [];
  return [variable(name, operator, argument), ...(operator.endsWith("?") ? [] : variablesOf(argument))];
}

function variable(name: string, operator: string, argument: string): TemplateVariable {
  return {
    name,
    required: operator.endsWith("?"),
    defaultValue: operator.endsWith("-") ? argument : "",
    alternateValue: operator.endsWith("+") ? argument : "",
  };
}

/** The brace that closes the first one, or -1. As in an interpolation, the character behind an opening brace is not looked at. */
function closing(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === "}") {
      depth -= 1;
      if (depth === 0) return index;
    }
    if (text[index] === "{") {
      depth += 1;
      index += 1;
    }
  }
  return -1;
}

/** As `docker compose config --variables` prints them. */
export function showVariables(variables: readonly TemplateVariable[], format: "json" | "table" | "yaml"): string {
  if (format === "table") return table(variables);
  if (format === "json") return `${JSON.stringify(Object.fromEntries(variables.map(wireForm)), null, 4)}\n\n`;
  if (variables.length === 0) return "{}\n";
  return variables.map(asYaml).join("");
}

function asYaml(variable: TemplateVariable): string {
  const [name, form] = wireForm(variable);
  const fields = new Map(Object.entries(form).map(([key, value]) => [key.toLowerCase(), value]));
  return yamlText(new Map([[name, fields]])).replace(/^ {2}/gm, "    ");
}

function wireForm({ name, required, defaultValue, alternateValue }: TemplateVariable) {
  return [name, { Name: name, DefaultValue: defaultValue, PresenceValue: alternateValue, Required: required }] as const;
}

function table(variables: readonly TemplateVariable[]): string {
  const lines = [
    ["NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"],
    ...variables.map((one) => [one.name, String(one.required), one.defaultValue, one.alternateValue]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(20, ...lines.map((line) => Array.from(line[column] ?? "").length + 3)),
  );
  const padded = (text: string, column: number) =>
    text + " ".repeat(Math.max(0, (widths[column] ?? 0) - Array.from(text).length));
  return lines.map((line) => `${line.map(padded).join("")}\n`).join("");
}
