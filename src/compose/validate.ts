import type { ErrorObject } from "ajv";
import { ComposeFault } from "./compose-fault.ts";
import { schemaCheck } from "./schema-check.ts";
import { type Mapping, type Path, sameValue, type Value } from "./tree.ts";

/** Checks the model against the Compose Specification's JSON schema and reports the deepest thing wrong in it. */
export function validate(model: Mapping, file: string): void {
  const check = schemaCheck();
  if (check(model)) return;
  const worst = mostSpecific(check.errors ?? []);
  if (!worst) return;
  const path = pathOf(worst);
  const names = worst.keyword === "additionalProperties" ? unknownNames(check.errors ?? [], worst) : [];
  const message = `validating ${file}: ${path.join(".")} ${sentence(worst, names)}`;
  throw new ComposeFault(message, names[0] === undefined ? path : [...path, names[0]], hintFor(worst, names));
}

function pathOf({ instancePath }: ErrorObject): Path {
  return instancePath
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function mostSpecific(errors: readonly ErrorObject[]): ErrorObject | undefined {
  let best: ErrorObject | undefined;
  for (const error of errors) if (!isFrame(error) && (!best || weight(error) > weight(best))) best = error;
  return best;
}

/** `oneOf` with no match only repeats what its branches complain of. */
function isFrame({ keyword, params }: ErrorObject): boolean {
  return keyword === "oneOf" && !params["passingSchemas"];
}

/** Its depth; an unknown name counts one deeper, and yields to another complaint of the same depth. */
function weight(error: ErrorObject): number {
  return pathOf(error).length + (error.keyword === "additionalProperties" ? 0.9 : 0);
}

function unknownNames(errors: readonly ErrorObject[], like: ErrorObject): readonly string[] {
  return errors
    .filter((error) => error.schemaPath === like.schemaPath && error.instancePath === like.instancePath)
    .map((error) => String(error.params["additionalProperty"]));
}

function sentence({ keyword, params, schema: limit, data, message }: ErrorObject, names: readonly string[]): string {
  switch (keyword) {
    case "type":
      return `must be a ${wantedTypes(params["type"])}`;
    case "additionalProperties":
      return `additional properties ${quoted(names)} not allowed`;
    case "minimum":
      return `must be greater than or equal to ${params["limit"]}`;
    case "maximum":
      return `must be less than or equal to ${params["limit"]}`;
    case "required":
      return `missing property '${params["missingProperty"]}'`;
    case "enum":
      return `value must be ${params["allowedValues"].length > 1 ? "one of " : ""}${quoted(params["allowedValues"])}`;
    case "pattern":
      return `'${String(data)}' does not match pattern '${String(params["pattern"] ?? limit)}'`;
    case "uniqueItems":
      return `items at ${firstTwins(data as readonly Value[]).join(" and ")} are equal`;
    default:
      return message ?? "is not valid";
  }
}

/** The first item that was there before, and where. */
function firstTwins(items: readonly Value[]): readonly number[] {
  const firstLike = (item: Value) => items.findIndex((other) => sameValue(other, item));
  const later = items.findIndex((item, index) => firstLike(item) < index);
  return [firstLike(items[later] ?? null), later];
}

function quoted(names: readonly unknown[]): string {
  return names.map((name) => `'${String(name)}'`).join(", ");
}

function wantedTypes(wanted: string | readonly string[]): string {
  const types = (typeof wanted === "string" ? [wanted] : wanted)
    .map((type) => (type === "object" ? "mapping" : type))
    .sort();
  if (types.length < 2) return types.join("");
  return `${types.slice(0, -1).join(", ")} or ${types.at(-1)}`;
}

function hintFor({ keyword }: ErrorObject, names: readonly string[]): string {
  if (keyword !== "additionalProperties") return "Write it as the Compose Specification describes.";
  return `Remove or correct ${quoted(names)}; own fields begin with x-.`;
}
