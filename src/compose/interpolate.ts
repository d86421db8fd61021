import { castOf, type Warn } from "./casts.ts";
import { ComposeFault } from "./compose-fault.ts";
import { isList, isMapping, type Mapping, mapEntries, type Path, type Value } from "./tree.ts";

/** The value of a variable, or undefined when it is not set. */
export type Lookup = (variableName: string) => string | undefined;

export interface Substitution {
  readonly lookup: Lookup;
  /** Told of every variable that is not set and has no default. */
  readonly onUnset: (variableName: string) => void;
  /** Told of a boolean that only YAML 1.1 knows. */
  readonly warn?: Warn;
}

/** What can be wrong with a template: its form, or a variable that `?` demands. */
export class TemplateError extends Error {
  readonly kind: "invalid-format" | "missing-variable";
  constructor(kind: TemplateError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Replaces variables in every value, keys excepted, then casts at the paths that are not text.
 * Source: Compose Specification, "Interpolation".
 */
export function interpolateTree(root: Mapping, substitution: Substitution): Mapping {
  return mapEntries(root, (value, key) => interpolateValue(value, [key], [key], substitution));
}

/** `shown` is the path as Docker Compose prints it: list items are `[]`. */
function interpolateValue(value: Value, path: Path, shown: Path, substitution: Substitution): Value {
  if (typeof value === "string") return interpolateText(value, path, shown, substitution);
  if (isMapping(value))
    return mapEntries(value, (child, key) => interpolateValue(child, [...path, key], [...shown, key], substitution));
  if (!isList(value)) return value;
  return value.map((item, index) => interpolateValue(item, [...path, String(index)], [...shown, "[]"], substitution));
}

function interpolateText(text: string, path: Path, shown: Path, substitution: Substitution): Value {
  const cast = castOf(path);
  if (!cast && !text.includes("$")) return text;
  try {
    const substituted = substitute(text, substitution);
    return cast ? failing(() => cast(substituted, substitution.warn ?? (() => undefined))) : substituted;
  } catch (thrown) {
    throw asFault(thrown, text, path, shown.join("."));
  }
}

function failing<Result>(cast: () => Result): Result {
  try {
    return cast();
  } catch (thrown) {
    throw new Error(`failed to cast to expected type: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function asFault(thrown: unknown, text: string, path: Path, shown: string): unknown {
  if (!(thrown instanceof Error)) return thrown;
  if (!(thrown instanceof TemplateError))
    return new ComposeFault(`error while interpolating ${shown}: ${thrown.message}`, path);
  if (thrown.kind === "missing-variable")
    return new ComposeFault(
      `error while interpolating ${shown}: ${thrown.message}`,
      path,
      "Set the variable in .env beside the Compose file or in the stack's variables.",
      "VariableMissing",
    );
  const advice = "You may need to escape any $ with another $.";
  return new ComposeFault(
    `invalid interpolation format for ${shown}.\n${advice}\n${text}`,
    path,
    "Write a literal $ as $$.",
  );
}

/** Deeper defaults than this are nobody's, and each level reads the rest of the text again. */
const MOST_NESTED = 100;

/** Replaces every variable of one text. Throws TemplateError. */
export function substitute(template: string, substitution: Substitution, depth = 0): string {
  if (depth > MOST_NESTED) throw new TemplateError("invalid-format", "defaults are nested too deeply");
  try {
    return replaced(template, substitution, depth);
  } catch (thrown) {
    if (!(thrown instanceof TemplateError) || thrown.message !== "") throw thrown;
    throw new TemplateError(thrown.kind, `Invalid template: ${JSON.stringify(template)}`);
  }
}

function replaced(template: string, substitution: Substitution, depth: number): string {
  let result = "";
  let rest = template;
  for (;;) {
    const match = /\$(?:(\$)|([_a-z][_a-z0-9]*)|(\{))/i.exec(rest);
    if (!match) return result + rest;
    result += rest.slice(0, match.index);
    rest = rest.slice(match.index + match[0].length);
    if (match[1]) result += "$";
    else if (match[2]) result += plain(match[2], substitution);
    else [result, rest] = braced(result, rest, substitution, depth);
  }
}

function plain(name: string, { lookup, onUnset }: Substitution): string {
  const value = lookup(name);
  if (value === undefined) onUnset(name);
  return value ?? "";
}

/** `rest` begins behind `${`; returns the result so far with the variable's value, and what follows the closing brace. */
function braced(result: string, rest: string, substitution: Substitution, depth: number): [string, string] {
  const simple = /^([_a-z][_a-z0-9]*)\}/i.exec(rest);
  if (simple?.[1]) return [result + plain(simple[1], substitution), rest.slice(simple[0].length)];
  const open = /^([_a-z][_a-z0-9]*)(:?[-+?])/i.exec(rest);
  const end = closingBrace(rest);
  if (!open?.[1] || !open[2] || end < open[0].length) throw new TemplateError("invalid-format", "");
  const argument = substitute(rest.slice(open[0].length, end), substitution, depth + 1);
  return [result + operate(open[1], open[2], argument, substitution.lookup(open[1])), rest.slice(end + 1)];
}

/**
 * The index of the brace that closes the first one; where braces do not balance, the last brace of the line, or -1.
 * The character behind an opening brace is never looked at: compose-go has it so, and `${A:-{}}` depends on it.
 */
function closingBrace(text: string): number {
  let depth = 1;
  let last = -1;
  for (let index = 1; index < text.length && text[index] !== "\n"; index += 1) {
    if (text[index] === "}") {
      last = index;
      depth -= 1;
      if (depth === 0) return index;
    }
    if (text[index] === "{") {
      depth += 1;
      if (text[index + 1] !== "\n") index += 1;
    }
  }
  const skipped = text.slice(Math.max(last, 0)).split("\n", 1)[0]?.lastIndexOf("}") ?? -1;
  return skipped < 0 ? -1 : Math.max(last, 0) + skipped;
}

function operate(name: string, operator: string, argument: string, value: string | undefined): string {
  const present = operator.startsWith(":") ? value !== undefined && value !== "" : value !== undefined;
  if (operator.endsWith("-")) return present ? (value ?? "") : argument;
  if (operator.endsWith("+")) return present ? argument : "";
  if (present) return value ?? "";
  const reason = argument === "" ? "" : `: ${argument}`;
  throw new TemplateError("missing-variable", `required variable ${name} is missing a value${reason}`);
}
